import type { Clock } from '../../seams/clock.ts';
import type { SourceError } from '../errors.ts';
import type { Resolved } from '../resolve-ref.ts';
import { delayAfter } from './schedule.ts';
import { HandledWakes, type Wake } from './wakes.ts';

/** What is known about a ref, without asking the host again. */
export interface Look {
  /** The last good answer, also when a later look failed. */
  readonly known: Resolved | undefined;
  /** When it was read, in milliseconds since the epoch. */
  readonly readAt: number | undefined;
  /** Why the last look failed; undefined when it did not. */
  readonly error: SourceError | undefined;
  /** When to ask again. */
  readonly nextLookMs: number;
}

/** One ref of one repository, as one login sees it. */
export class Followed {
  /** The look under way, if any. */
  running: Promise<void> | undefined;
  private readonly clock: Clock;
  private readonly wakes = new HandledWakes();
  private woken = true;
  private failures = 0;
  private spread = 0;
  private lookedAt = 0;
  private known: Resolved | undefined;
  private readAt: number | undefined;
  private error: SourceError | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  hear(wakes: readonly Wake[]): void {
    if (this.wakes.hear(wakes)) this.wake();
  }

  wake(): void {
    this.woken = true;
  }

  /** A wish that comes while the host is being asked came after the question: it needs another look. */
  begin(): void {
    this.woken = false;
  }

  succeeded(known: Resolved, spread: number): void {
    this.looked(spread);
    this.known = known;
    this.readAt = this.clock.now();
    this.error = undefined;
    this.failures = 0;
  }

  failed(error: SourceError, spread: number): void {
    this.looked(spread);
    this.error = error;
    this.failures++;
  }

  /** A look under way is worth waiting for, also for who could do with the answer before it. */
  isDue(pollMs: number): boolean {
    return this.running !== undefined || this.dueIn(pollMs) <= 0;
  }

  look(pollMs: number): Look {
    const { known, readAt, error } = this;
    return { known, readAt, error, nextLookMs: Math.max(0, Math.ceil(this.dueIn(pollMs))) };
  }

  private dueIn(pollMs: number): number {
    if (this.woken) return 0;
    const { failures, spread, error } = this;
    const past = { failures, spread, retryable: error?.retryable ?? false, retryAfterMs: error?.retryAfterMs };
    return this.lookedAt + delayAfter(past, pollMs) - this.clock.monotonic();
  }

  private looked(spread: number): void {
    this.lookedAt = this.clock.monotonic();
    this.spread = spread;
  }
}
