import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';
import { startTimeOf } from './process-table.ts';

export interface LockOptions {
  /** What is done under the lock; told to whoever waits. */
  readonly purpose: string;
  readonly deadlineMs: number;
  /** Called once when somebody else holds it. */
  readonly onWait?: (holder: string) => void;
}

interface Holder {
  readonly pid: number;
  /** Tells a holder from a later process with the same pid. */
  readonly started: string;
  readonly purpose: string;
}

/**
 * Runs `work` while `file` exists with our name in it. A lock whose holder has died is taken over. Two processes that
 * find the same dead holder in the same instant may both go on; what they write is renamed into place, so the worst
 * case is work done twice.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  await acquire(file, options);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<void> {
  const deadline = systemClock.monotonic() + options.deadlineMs;
  const mine = { pid: process.pid, started: (await startTimeOf(process.pid)) ?? '', purpose: options.purpose };
  let told = false;
  while (!(await tryCreate(file, JSON.stringify(mine satisfies Holder)))) {
    const holder = await holderOf(file);
    if (!holder) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) options.onWait?.(`process ${holder.pid} (${holder.purpose})`);
    told = true;
    if (systemClock.monotonic() > deadline) {
      throw new Error(
        `waited ${options.deadlineMs / 1000} s for process ${holder.pid} (${holder.purpose}) to release ${file}`,
      );
    }
    await sleep(systemClock, 200);
  }
}

async function tryCreate(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living holder of a lock; undefined when it is gone or the file cannot be read. */
async function holderOf(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // Between creating and writing the file is empty for a moment: that is a holder too.
  if (text === '') return { pid: 0, started: '', purpose: 'starting' };
  const holder = JSON.parse(text) as Holder;
  return (await startTimeOf(holder.pid)) === holder.started ? holder : undefined;
}
