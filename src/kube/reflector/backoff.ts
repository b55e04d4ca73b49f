import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';

const firstMs = 800;
const capMs = 30_000;
const calmMs = 120_000;

/**
 * How long to wait after a failure: 800 ms, doubling to 30 s, each stretched by up to its own length so that the watches
 * of a whole fleet do not come back in step. Starts over when it was not asked for two minutes beyond its last wait.
 */
export class Backoff {
  private readonly clock: Clock;
  private readonly random: Random;
  private step = 0;
  private lastAsked = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  nextMs(): number {
    const now = this.clock.monotonic();
    if (now - this.lastAsked > calmMs) this.step = 0;
    const base = Math.min(firstMs * 2 ** this.step, capMs);
    const wait = base * (1 + this.random.next());
    this.step = Math.min(this.step + 1, 10);
    this.lastAsked = now + wait;
    return wait;
  }
}
