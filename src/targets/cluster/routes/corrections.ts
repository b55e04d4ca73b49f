import { Lru } from '../../../kube/index.ts';
import type { Clock } from '../../../seams/clock.ts';

/** Often enough to be called a fight. */
const many = 4;
/** Somebody who sets weights back less often than this, as a sync every some minutes does, is corrected at once. */
const calmMs = 10 * 60_000;
const firstMs = 1000;
const longestMs = 5 * 60_000;

interface Written {
  readonly share: number;
  /** When it may be written again though nothing new is wanted. */
  readonly againAt: number;
  /** Times that it was set back since it was calm. */
  readonly times: number;
  readonly correctedAt?: number;
}

/**
 * Remembers what was written into routes of others. A new wish is written at once; the same again, because somebody set it
 * back, with growing distance, so that two who want different things do not write without end. Lost with the process, and
 * then it begins anew.
 */
export class Corrections {
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly written: Lru<Written>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock;
    this.written = new Lru({ clock, maxEntries: 10_000, ttlMs: 24 * 3_600_000 });
  }

  /** How long to wait before `share` may be written to the route of this id; 0: now. */
  waitMs(id: string, share: number): number {
    const last = this.written.get(id);
    return last?.share === share ? Math.max(0, last.againAt - this.clock.monotonic()) : 0;
  }

  /** Notes that it is written now. */
  note(id: string, share: number): void {
    const now = this.clock.monotonic();
    const last = this.written.get(id);
    const before = this.isCalm(last) ? 0 : (last?.times ?? 0);
    if (last?.share !== share) return this.written.set(id, { ...last, share, againAt: now, times: before });
    const againAt = now + Math.min(firstMs * 2 ** before, longestMs);
    return this.written.set(id, { share, againAt, times: before + 1, correctedAt: now });
  }

  /** Whether somebody sets it back again and again. */
  isFight(id: string): boolean {
    const last = this.written.get(id);
    return !this.isCalm(last) && (last?.times ?? 0) >= many;
  }

  private isCalm(last: Written | undefined): boolean {
    return last?.correctedAt === undefined || this.clock.monotonic() - last.correctedAt > calmMs;
  }
}
