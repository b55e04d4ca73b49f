export interface BackOffOptions {
  /** Delay after the first failure. Default 5 ms: a lost race is tried again at once. */
  baseMs?: number;
  /** No delay is longer. Default a minute: nobody tells that what failed is well again, and a rollout stands still until then. */
  maxMs?: number;
}

/**
 * Exponential delay of each key by itself: one failing object never slows another. Memory grows with the keys that
 * fail, until `forget`.
 */
export class BackOff {
  private readonly failures = new Map<string, number>();
  private readonly baseMs: number;
  private readonly maxMs: number;

  constructor({ baseMs = 5, maxMs = 60_000 }: BackOffOptions = {}) {
    this.baseMs = baseMs;
    this.maxMs = maxMs;
  }

  /** Counts one more failure of `key` and says how long to wait because of it. */
  next(key: string): number {
    const failures = this.failuresOf(key);
    this.failures.set(key, failures + 1);
    return Math.min(this.baseMs * 2 ** failures, this.maxMs);
  }

  failuresOf(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.failures.delete(key);
  }
}
