import type { Clock, Timer } from '../../seams/clock.ts';

/**
 * Notices a connection that has died without a word. One timer that looks at the time of the last sign of life: a timer
 * set anew for every chunk would cost more than reading the chunk.
 */
export class Watchdog {
  /** It has called `onSilence`. */
  barked = false;
  private readonly clock: Clock;
  private readonly onSilence: () => void;
  private deadline: number;
  private timer: Timer | undefined;

  constructor(clock: Clock, idleMs: number, onSilence: () => void) {
    this.clock = clock;
    this.onSilence = onSilence;
    this.deadline = clock.monotonic() + idleMs;
    this.arm();
  }

  /** Something came; the next thing may take `idleMs`. */
  sign(idleMs: number): void {
    this.deadline = this.clock.monotonic() + idleMs;
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
  }

  private arm(): void {
    const leftMs = this.deadline - this.clock.monotonic();
    this.timer = this.clock.setTimeout(() => this.look(), Math.max(leftMs, 1));
  }

  private look(): void {
    if (this.clock.monotonic() < this.deadline) return this.arm();
    this.barked = true;
    this.onSilence();
  }
}
