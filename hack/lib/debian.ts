import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { run } from './run.ts';

const downloadDeadlineMs = 5 * 60_000;

/**
 * Debian packages, unpacked and not installed. `take` moves what it wants out of the folder, which lies in the cache and is
 * removed after it. False where the packages cannot be had.
 */
export async function unpackPackages(
  packages: readonly string[],
  take: (folder: string) => Promise<void>,
): Promise<boolean> {
  await mkdir(cacheRoot(), { recursive: true });
  const folder = await mkdtemp(join(cacheRoot(), 'unpacking-'));
  try {
    const download = () => shell(folder, `apt-get -q download ${packages.join(' ')}`);
    // The package lists may be absent, or older than the archive.
    const loaded = (await download()) || ((await shell(folder, 'apt-get -q update')) && (await download()));
    const unpack = 'for each in *.deb; do dpkg-deb --extract "$each" . || exit 1; done';
    if (!loaded || !(await shell(folder, unpack))) return false;
    await take(folder);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Unpacks packages as a folder of the cache, once: it is there whole or not at all, whoever else does the same meanwhile.
 * Undefined where they cannot be had.
 */
export async function cachedPackages(name: string, packages: readonly string[]): Promise<string | undefined> {
  const cached = join(cacheRoot(), name);
  if (await isThere(cached)) return cached;
  const unpacked = await unpackPackages(packages, async (folder) => {
    await rename(folder, cached).catch(async (error: unknown) => {
      // Another process was quicker.
      if (!(await isThere(cached))) throw error;
    });
  });
  return unpacked ? cached : undefined;
}

export function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function shell(cwd: string, command: string): Promise<boolean> {
  const { code } = await run('sh', ['-c', command], { cwd, timeoutMs: downloadDeadlineMs, allowFailure: true });
  return code === 0;
}
