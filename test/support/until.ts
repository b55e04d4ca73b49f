import { isKubeError } from '../../src/kube/errors/errors.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';

export interface Wait {
  /** Default 10 s. */
  deadlineMs?: number;
  /** Between two looks. Default: see `pauseAfter`; 0 looks again as soon as other I/O had its turn. */
  everyMs?: number;
  /** What is waited for, or a look at what is there instead, which may take its time; stands in the error. */
  describe?: string | (() => unknown);
  clock?: Clock;
}

/**
 * The one way tests wait: until `condition` is true, or an error at the deadline. A KubeError of the condition counts as
 * "not yet", because servers and objects come and go; any other error ends the wait.
 */
export async function until(condition: () => boolean | Promise<boolean>, wait: Wait = {}): Promise<void> {
  const { deadlineMs = 10_000, everyMs, describe, clock = systemClock } = wait;
  const start = clock.monotonic();
  for (;;) {
    const answer = await look(condition);
    if (answer === true) return;
    const waited = clock.monotonic() - start;
    if (waited >= deadlineMs) {
      const what = await shown(describe ?? condition.toString());
      throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause: answer });
    }
    const pause = everyMs ?? pauseAfter(waited);
    await (pause === 0 ? new Promise((resolve) => setImmediate(resolve)) : sleep(clock, pause));
  }
}

/** What comes soon is seen soon; a long wait stays far from what the guard against request loops takes for one. */
function pauseAfter(waitedMs: number): number {
  return Math.min(100, Math.max(20, waitedMs / 10));
}

async function look(condition: () => boolean | Promise<boolean>): Promise<unknown> {
  try {
    return await condition();
  } catch (error) {
    if (isKubeError(error)) return error;
    throw error;
  }
}

async function shown(describe: string | (() => unknown)): Promise<string> {
  if (typeof describe === 'string') return describe;
  const state = await describe();
  return typeof state === 'string' ? state : JSON.stringify(state);
}
