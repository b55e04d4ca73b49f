import type { Clock, Timer } from './clock.ts';
import type { Random } from './random.ts';

/** The machine's own clock. The only file that may use it: see the rule no-ambient-effects. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => ({ id: setTimeout(fn, ms) }),
  clearTimeout: (timer: Timer) => clearTimeout(timer.id as NodeJS.Timeout),
};

export const systemRandom: Random = { next: () => Math.random() };
