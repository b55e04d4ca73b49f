import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../../../lib/run.ts';
import type { Reporter } from '../../driver.ts';

/** A Debian package and how to see that it, or its like from elsewhere, is there. */
interface Requirement {
  readonly package: string;
  readonly command?: string;
  /** Name for pkg-config, for a library that is compiled against. */
  readonly library?: string;
}

const requirements: readonly Requirement[] = [
  { package: 'iptables', command: 'iptables-restore' },
  { package: 'ipset', command: 'ipset' },
  { package: 'nftables', command: 'nft' },
  { package: 'iproute2', command: 'ip' },
  { package: 'mount', command: 'umount' },
  { package: 'gcc', command: 'gcc' },
  { package: 'libc6-dev', library: '' },
  { package: 'pkg-config', command: 'pkg-config' },
  { package: 'libseccomp-dev', library: 'libseccomp' },
];

const installDeadlineMs = 5 * 60_000;

/** Installs what the node needs from the system and does not find; says what and how. */
export async function ensurePackages(report: Reporter): Promise<void> {
  const found = await Promise.all(requirements.map(isThere));
  const missing = requirements.filter((_, at) => !found[at]).map((requirement) => requirement.package);
  if (missing.length === 0) return;
  if (!(await commandExists('apt-get'))) {
    throw new Error(`the node needs ${missing.join(', ')} (Debian's names): install them and run this again`);
  }
  report.say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const first = await run('apt-get', install, { env, timeoutMs: installDeadlineMs, allowFailure: true });
  if (first.code === 0) return;
  // The package lists may be older than the archive.
  await run('apt-get', ['update'], { env, timeoutMs: installDeadlineMs });
  await run('apt-get', install, { env, timeoutMs: installDeadlineMs });
}

async function isThere({ command, library }: Requirement): Promise<boolean> {
  if (command !== undefined) return commandExists(command);
  if (library === '')
    return access('/usr/include/stdio.h').then(
      () => true,
      () => false,
    );
  const { code } = await run('pkg-config', ['--exists', library ?? ''], { allowFailure: true });
  return code === 0;
}

async function commandExists(command: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const checks = folders.map((folder) =>
    access(join(folder, command)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(checks)).includes(true);
}
