import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const bundleFile = '/etc/ssl/certs/ca-certificates.crt';
const publicFolder = '/usr/share/ca-certificates';

export interface Certificates {
  /** The whole bundle that this machine trusts. */
  bundle: string;
  /**
   * Those that are not in Debian's public set, such as a company's own. `update-ca-certificates` inside an image
   * rewrites the bundle and would forget them if they were not installed as local ones too.
   */
  own: string[];
}

export async function readCertificates(): Promise<Certificates> {
  const bundle = await readFile(bundleFile, 'utf8').catch(() => {
    throw new Error(`${bundleFile} is missing: install the package ca-certificates`);
  });
  const known: string[] = [];
  for await (const name of glob('**/*.crt', { cwd: publicFolder })) {
    known.push(await readFile(join(publicFolder, name), 'utf8'));
  }
  return { bundle, own: ownCertificates(bundle, known.join('\n')) };
}

/** The certificates of the bundle that the public set does not have. */
export function ownCertificates(bundle: string, publicSet: string): string[] {
  const known = new Set(certificatesIn(publicSet));
  return [...new Set(certificatesIn(bundle))].filter((certificate) => !known.has(certificate));
}

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function certificatesIn(pem: string): string[] {
  return [...pem.matchAll(block)].map(([text]) => `${text.replaceAll('\r', '')}\n`);
}
