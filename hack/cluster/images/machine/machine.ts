import { type AptSettings, readApt } from './apt.ts';
import { type Certificates, readCertificates } from './certificates.ts';
import { readPackageSettings } from './packages.ts';

/** What an image must know of this machine so that package managers work inside a build. Never a credential. */
export interface Machine {
  certificates: Certificates;
  apt: AptSettings;
  /** `NAME=value` lines for the image's environment. */
  environment: string[];
}

export async function readMachine(): Promise<Machine> {
  const [certificates, apt, environment] = await Promise.all([readCertificates(), readApt(), readPackageSettings()]);
  return { certificates, apt, environment };
}
