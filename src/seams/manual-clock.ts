import type { Clock, Timer } from './clock.ts';

interface Entry {
  at: number;
  order: number;
  fn: () => void;
}

/**
 * A clock that stands still until a test moves it. Timers fire in order of time, then of creation; between two timers
 * the promise queue is drained, so that code awaiting a timer runs before the next one fires.
 */
export class ManualClock implements Clock {
  private current: number;
  private created = 0;
  private readonly entries = new Map<number, Entry>();
  private readonly start: number;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.start = start;
    this.current = start;
  }

  now(): number {
    return this.current;
  }

  monotonic(): number {
    return this.current - this.start;
  }

  setTimeout(fn: () => void, ms: number): Timer {
    const order = ++this.created;
    this.entries.set(order, { at: this.current + Math.max(0, ms), order, fn });
    return { id: order };
  }

  clearTimeout(timer: Timer): void {
    this.entries.delete(timer.id as number);
  }

  /** Timers that have not fired: a test of clean shutdown expects 0. */
  get pending(): number {
    return this.entries.size;
  }

  /** When the next timer fires, in milliseconds from now; undefined when none waits. */
  get untilNext(): number | undefined {
    const next = this.earliest();
    return next && next.at - this.current;
  }

  /** Moves time forward by `ms` and fires what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.current + ms;
    await settle();
    for (let entry = this.earliest(); entry && entry.at <= end; entry = this.earliest()) {
      this.current = Math.max(this.current, entry.at);
      this.entries.delete(entry.order);
      entry.fn();
      await settle();
    }
    this.current = end;
  }

  private earliest(): Entry | undefined {
    let best: Entry | undefined;
    for (const entry of this.entries.values()) {
      if (!best || entry.at < best.at || (entry.at === best.at && entry.order < best.order)) best = entry;
    }
    return best;
  }
}

/** Lets every promise that is ready run: two turns of the event loop, not only one micro-task. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
