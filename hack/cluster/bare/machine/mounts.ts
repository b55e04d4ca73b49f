import { readFile } from 'node:fs/promises';
import { run } from '../../../lib/run.ts';

/** Mount points at or below one of the folders, deepest first, as /proc/self/mounts lists them. */
export function mountsBelow(mounts: string, folders: readonly string[]): string[] {
  return mounts
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((path) => folders.some((folder) => path === folder || path.startsWith(`${folder}/`)))
    .toReversed();
}

export async function currentMounts(folders: readonly string[]): Promise<string[]> {
  return mountsBelow(await readFile('/proc/self/mounts', 'utf8'), folders);
}

/** Unmounts everything below the folders; network namespaces that were held by a mount end with it. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  for (const path of await currentMounts(folders)) {
    const { code } = await run('umount', [path], { allowFailure: true });
    // Still in use by something that is ending: detach it now, the kernel frees it with the last user.
    if (code !== 0) await run('umount', ['-l', path], { allowFailure: true });
  }
}

/** The kernel writes spaces and a few other characters as octal escapes. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}
