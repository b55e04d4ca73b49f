import type { Clock, Timer } from '../../seams/clock.ts';

/** Node fires a longer timer at once, which would turn a far deadline into a busy loop. */
const longestTimerMs = 2 ** 31 - 1;

/** One timer for the earliest of many times. It may ring early; whoever listens looks at the clock and sets it again. */
export class Alarm {
  private readonly clock: Clock;
  private readonly ring: () => void;
  private timer: Timer | undefined;
  private setFor = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.clock = clock;
    this.ring = ring;
  }

  /** Rings at `at` (of the monotonic clock), or before when it was set for an earlier time already. */
  atLatest(at: number): void {
    if (at >= this.setFor) return;
    this.cancel();
    this.setFor = at;
    const delay = Math.min(Math.max(0, at - this.clock.monotonic()), longestTimerMs);
    this.timer = this.clock.setTimeout(() => this.fire(), delay);
  }

  cancel(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.setFor = Infinity;
  }

  private fire(): void {
    this.timer = undefined;
    this.setFor = Infinity;
    this.ring();
  }
}
