import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../../../src/seams/clock.ts';
import { systemClock } from '../../../../src/seams/system.ts';

const removeDeadlineMs = 10_000;

/** The mounted hierarchies: one in version 2, one per controller in version 1. */
export function parseHierarchies(mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, path]) => path ?? '');
}

async function hierarchies(): Promise<string[]> {
  return parseHierarchies(await readFile('/proc/self/mounts', 'utf8'));
}

/** Makes the group below which kubelet puts every pod of this cluster, so that all of them can be found again. */
export async function ensureCgroup(name: string): Promise<void> {
  for (const root of await hierarchies()) {
    const folder = join(root, name);
    await mkdir(folder, { recursive: true });
    // In version 1 a new cpuset is empty and lets no process in.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      const parent = await readFile(join(root, file), 'utf8').catch(() => '');
      const own = await readFile(join(folder, file), 'utf8').catch(() => 'absent');
      if (own.trim() === '' && parent.trim() !== '') await writeFile(join(folder, file), parent);
    }
  }
}

/** Kills whatever runs in the group and removes it with everything below. */
export async function removeCgroup(name: string): Promise<void> {
  const deadline = systemClock.monotonic() + removeDeadlineMs;
  for (const root of await hierarchies()) {
    while (!(await tryRemove(join(root, name)))) {
      if (systemClock.monotonic() > deadline) throw new Error(`could not remove the cgroup ${join(root, name)}`);
      await sleep(systemClock, 50);
    }
  }
}

/** One round: a member that is still ending keeps its folder until the next. */
async function tryRemove(folder: string): Promise<boolean> {
  const folders = await descend(folder);
  await killMembers(folders);
  for (const below of folders) await rmdir(below).catch(() => undefined);
  return (await descend(folder)).length === 0;
}

/** Folders of the group that exist, in every hierarchy. */
export async function remainingCgroups(name: string): Promise<string[]> {
  const found = await Promise.all((await hierarchies()).map((root) => descend(join(root, name))));
  return found.flat();
}

/** The folder and all below it, deepest first; none when it does not exist. */
async function descend(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => descend(join(folder, entry.name))),
  );
  return [...below.flat(), folder];
}

async function killMembers(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const members = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const pid of members.split('\n')) kill(Number(pid));
  }
}

/** 0 stands for a process of another namespace, and as a target would mean our own group. */
function kill(pid: number): void {
  if (pid <= 1) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
