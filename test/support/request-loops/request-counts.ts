export interface RequestLimits {
  /** How often the same may be read within one window. Polling twenty times a second is no loop. */
  reads: number;
  /** How often the same may be written within one window. */
  writes: number;
  windowMs: number;
}

/** A few failures with back-off, or a test that polls, stay far below; a reconcile that wakes itself does not. */
export const defaultLimits: RequestLimits = { reads: 400, writes: 100, windowMs: 10_000 };

export interface HotKey {
  key: string;
  /** The most that any window held. */
  count: number;
  limit: number;
}

interface Count {
  isRead: boolean;
  /** Times of the requests in the window that ends now. */
  recent: number[];
  most: number;
}

/** Counts requests by what they do to what, and finds those that somebody repeats like a loop without a brake. */
export class RequestCounts {
  private readonly counts = new Map<string, Count>();
  private readonly limits: RequestLimits;
  private readonly allowed = new Map<string, number>();

  constructor(limits: RequestLimits = defaultLimits) {
    this.limits = limits;
  }

  note(key: string, { isRead, atMs }: { isRead: boolean; atMs: number }): void {
    const count = this.counts.get(key) ?? { isRead, recent: [], most: 0 };
    this.counts.set(key, count);
    count.recent.push(atMs);
    const first = count.recent.findIndex((at) => at > atMs - this.limits.windowMs);
    if (first > 0) count.recent.splice(0, first);
    count.most = Math.max(count.most, count.recent.length);
  }

  /** For a test that repeats a request on purpose. */
  allow(key: string, times: number): void {
    this.allowed.set(key, times);
  }

  hot(): HotKey[] {
    return [...this.counts]
      .map(([key, { isRead, most }]) => ({ key, count: most, limit: this.limitOf(key, isRead) }))
      .filter(({ count, limit }) => count > limit)
      .toSorted((a, b) => b.count - a.count);
  }

  /** Throws and names the keys. `what` opens the message. */
  expectNoLoop(what: string): void {
    const hot = this.hot().map(({ key, count, limit }) => `${key} ${count} times, ${limit} are allowed`);
    if (hot.length === 0) return;
    const seconds = this.limits.windowMs / 1000;
    throw new Error(
      `${what} sent the same request in a loop: within ${seconds} s ${hot.join('; ')}. Find what wakes the sender, or wait between two tries.`,
    );
  }

  private limitOf(key: string, isRead: boolean): number {
    return this.allowed.get(key) ?? (isRead ? this.limits.reads : this.limits.writes);
  }
}
