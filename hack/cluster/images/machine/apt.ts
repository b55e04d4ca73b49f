import { readFile } from 'node:fs/promises';
import { run } from '../../../lib/run.ts';
import { versions } from '../versions.ts';
import { isFreeOfCredentials } from './addresses.ts';

export interface AptSettings {
  /** Where debootstrap fetches from; undefined leaves it its own default. */
  mirror: string | undefined;
  /** Lines for the image's sources.list; empty leaves what debootstrap writes. */
  sources: string[];
  /** Lines for the image's apt configuration: how this machine reaches its archive. */
  settings: string[];
}

const listing = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';

export async function readApt(): Promise<AptSettings> {
  const { stdout: targets } = await run('apt-get', ['indextargets', '--format', listing, 'Created-By: Packages']);
  const { stdout: settings } = await run('apt-config', ['dump', 'Acquire']);
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] ?? versions.suite;
  return { ...aptSources(targets.split('\n'), codename), settings: aptSettings(settings.split('\n')) };
}

/** The machine's entries for Debian's own archive, turned to the suite that images are made of. */
export function aptSources(targets: readonly string[], codename: string): Pick<AptSettings, 'mirror' | 'sources'> {
  const suites = new Set([codename, `${codename}-updates`, `${codename}-security`]);
  const entries = targets
    .map((line) => line.split('|'))
    .filter(([address = '', release = '', component]) => {
      const isDebian = /\/debian(-security)?\/?$/.test(address) && isFreeOfCredentials(address);
      return isDebian && suites.has(release) && component === 'main';
    })
    .map(([address = '', release = '']) => ({ address, suite: release.replace(codename, versions.suite) }));
  const mirror = entries.find(({ suite }) => suite === versions.suite)?.address;
  if (!mirror) return { mirror: undefined, sources: [] };
  return { mirror, sources: [...new Set(entries.map(({ address, suite }) => `deb ${address} ${suite} main`))] };
}

/** Only what decides whether an archive can be reached and believed; nothing that is apt's default anyway. */
const wanted = /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date|ForceIPv4|Retries|http::Timeout) "(.+)";$/;

export function aptSettings(dump: readonly string[]): string[] {
  return dump.filter((line) => wanted.test(line) && isFreeOfCredentials(line));
}
