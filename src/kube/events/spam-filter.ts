import type { Clock } from '../../seams/clock.ts';
import { Lru } from '../lru/lru.ts';

interface Bucket {
  tokens: number;
  at: number;
}

const burst = 25;
const refillMs = 300_000;
const mostObjects = 4096;

/** Lets one object cause 25 writes of events at once, and one each five minutes after that. */
export class SpamFilter {
  private readonly buckets: Lru<Bucket>;
  private readonly clock: Pick<Clock, 'monotonic'>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock;
    this.buckets = new Lru({ clock, maxEntries: mostObjects, ttlMs: burst * refillMs });
  }

  allow(object: string): boolean {
    const now = this.clock.monotonic();
    const { tokens, at } = this.buckets.get(object) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + (now - at) / refillMs);
    const allowed = filled >= 1;
    this.buckets.set(object, { tokens: allowed ? filled - 1 : filled, at: now });
    return allowed;
  }
}
