import { rm } from 'node:fs/promises';
import type { Clock } from '../../../src/seams/clock.ts';
import { type BuildTask, withHeartbeat } from '../build/progress.ts';
import type { Reporter } from '../driver.ts';
import { withLock } from '../lock.ts';
import type { Machine } from './machine/machine.ts';
import { makeImage } from './make.ts';
import type { LayoutImage } from './oci/layout.ts';
import type { Binaries, Recipe } from './recipes/recipe.ts';
import { requireTools } from './requirements.ts';
import type { Store } from './store.ts';

/** What making images shares from the first to the last. */
export interface Maker {
  report: Reporter;
  clock: Clock;
  binary: Binaries;
  store: Store<LayoutImage>;
  machine: Machine;
}

/** One image's place in the whole work. */
export interface Turn {
  recipe: Recipe;
  key: string;
  parentKey: string | undefined;
  task: BuildTask;
}

/** A maker that is not done after this long is not waited for; making it twice is safe. */
const lockDeadlineMs = 30 * 60_000;

/** Makes an image that the store has not got. Of two makers at once the second waits and finds it there. */
export async function makeOnce(maker: Maker, turn: Turn): Promise<LayoutImage> {
  const { store, report } = maker;
  const { key, task } = turn;
  const lock = {
    purpose: `making ${task.name}`,
    deadlineMs: lockDeadlineMs,
    onWait: (holder: string) => report.say(`${task.name}: waiting for ${holder}`),
  };
  return withLock(store.lockFile(key), lock, async () => (await store.find(key)) ?? make(maker, turn));
}

async function make({ store, report, machine, binary }: Maker, turn: Turn): Promise<LayoutImage> {
  const { recipe, key, parentKey, task } = turn;
  await requireTools((line) => report.say(line));
  report.say(`[${task.at} of ${task.of}] ${task.name}: making it from ${recipe.madeFrom}`);
  const parent = parentKey === undefined ? undefined : await store.find(parentKey);
  const work = await store.workFolder();
  try {
    const options = { recipe, key, parent, machine, binary, work };
    return await store.keep(key, await withHeartbeat(report, task, () => makeImage(options)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
