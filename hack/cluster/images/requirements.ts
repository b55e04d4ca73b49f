import { run } from '../../lib/run.ts';

const packages = new Map([
  ['debootstrap', 'debootstrap'],
  ['unshare', 'util-linux'],
  ['setpriv', 'util-linux'],
  ['tar', 'tar'],
]);

/** Making images needs root and a few programs of Debian; what is missing is installed, and that is said. */
export async function requireTools(log: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('making base images needs root (it mounts and changes root); run as root, or use kind with Docker');
  }
  const missing = new Set<string>();
  for (const [program, name] of packages) if (!(await isInstalled(program))) missing.add(name);
  if (missing.size === 0) return;
  if (!(await isInstalled('apt-get'))) {
    throw new Error(`base images are made with ${[...missing].join(', ')}, which are missing, and there is no apt-get`);
  }
  log(`installing with apt-get: ${[...missing].join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { timeoutMs: 300_000, env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { timeoutMs: 600_000, env });
}

async function isInstalled(program: string): Promise<boolean> {
  const { code } = await run('sh', ['-c', 'command -v "$1"', 'sh', program], { allowFailure: true });
  return code === 0;
}
