import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { run } from '../lib/run.ts';

const downloadDeadlineMs = 5 * 60_000;

const programs = ['prometheus', 'promtool'] as const;

/**
 * Prometheus, or its checker of rules: of this machine, or out of Debian's package, which is unpacked into the cache and not
 * installed. Undefined where there is neither.
 */
export async function findProgram(name: (typeof programs)[number]): Promise<string | undefined> {
  if (await works(name)) return name;
  const cached = join(cacheRoot(), name);
  if (await isThere(cached)) return cached;
  return (await unpack()) && (await works(cached)) ? cached : undefined;
}

async function unpack(): Promise<boolean> {
  await mkdir(cacheRoot(), { recursive: true });
  const folder = await mkdtemp(join(cacheRoot(), 'promtool.unpacking-'));
  try {
    const download = () => shell(folder, 'apt-get -q download prometheus');
    // The package lists may be absent, or older than the archive.
    const loaded = (await download()) || ((await shell(folder, 'apt-get -q update')) && (await download()));
    if (!loaded || !(await shell(folder, 'dpkg-deb --extract prometheus_*.deb .'))) return false;
    for (const name of programs) await rename(join(folder, 'usr/bin', name), join(cacheRoot(), name));
    return true;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function shell(cwd: string, command: string): Promise<boolean> {
  const { code } = await run('sh', ['-c', command], { cwd, timeoutMs: downloadDeadlineMs, allowFailure: true });
  return code === 0;
}

async function works(program: string): Promise<boolean> {
  return (await run(program, ['--version'], { allowFailure: true })).code === 0;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
