import type { Clock } from '../../seams/clock.ts';
import { Alarm } from './alarm.ts';
import { BackOff } from './back-off.ts';
import { type Entry, readyBefore, waitingBefore } from './entry.ts';
import { Fifo } from './fifo.ts';
import { IndexedHeap } from './indexed-heap.ts';
import type { QueueTimes, WorkQueueMetrics } from './metrics.ts';

export interface WorkQueueOptions {
  /** Label of the metrics; one queue of a process has it. */
  name: string;
  clock: Clock;
  metrics: WorkQueueMetrics;
  /** Delays of keys that failed. Default: 5 ms, doubled at each failure, 1 000 s at most. */
  backOff?: BackOff;
}

export interface AddOptions {
  /** Higher ones are taken first. Default 0. A key that is queued already keeps the higher of the two. */
  priority?: number;
  /** Not before this many milliseconds. Default 0: now. A key that is queued already keeps the earlier time. */
  afterMs?: number;
  /** Count a failure and wait as the back-off says, or `afterMs` when that is shorter. Default false. */
  rateLimited?: boolean;
}

/** A key in a worker's hands, until `done`. */
export interface Item {
  readonly key: string;
  readonly priority: number;
}

const now: AddOptions = {};

/**
 * Keys to be worked on, each at most once at a time. Adding a key that is queued changes nothing but its priority and
 * time; adding one that a worker holds queues it again for when the worker is done, so that no change is lost. A port
 * of the rules of client-go's workqueue and controller-runtime's priority queue; the README lists where it differs.
 */
export class WorkQueue {
  readonly name: string;
  adds = 0;
  retries = 0;

  private readonly clock: Clock;
  private readonly backOff: BackOff;
  private readonly times: QueueTimes;
  private readonly entries = new Map<string, Entry>();
  private readonly ready = new IndexedHeap<Entry>(readyBefore);
  private readonly waiting = new IndexedHeap<Entry>(waitingBefore);
  private readonly heldSince = new Map<string, number>();
  private readonly takers = new Fifo<(item: Item | undefined) => void>();
  private readonly alarm: Alarm;
  private readonly drains = new Set<(drained: boolean) => void>();
  private nextOrder = 0;
  private closed = false;

  constructor({ name, clock, metrics, backOff = new BackOff() }: WorkQueueOptions) {
    this.name = name;
    this.clock = clock;
    this.backOff = backOff;
    this.alarm = new Alarm(clock, () => this.releaseDue());
    this.times = metrics.register(this);
  }

  /** Keys that are due, including those that a worker still holds from before; not those waiting for their time. */
  get length(): number {
    return this.entries.size - this.waiting.size;
  }

  get shuttingDown(): boolean {
    return this.closed;
  }

  add(key: string, { priority = 0, afterMs = 0, rateLimited = false }: AddOptions = now): void {
    if (this.closed) return;
    // A comparison with NaN is false: such a key would run again at once, for ever, or break the order of the heap.
    if (Number.isNaN(afterMs) || Number.isNaN(priority)) {
      throw new RangeError(`add ${key} to the queue "${this.name}": priority and afterMs must be numbers.`);
    }
    const delay = rateLimited ? shorter(this.backOff.next(key), afterMs) : afterMs;
    if (delay > 0) this.retries++;
    const entry = this.entries.get(key);
    if (entry === undefined) this.insert(key, priority, delay);
    else this.merge(entry, priority, delay);
  }

  /** Waits for a key. Undefined means: the queue is shut down and has no more work, end. Call `done` for every key. */
  get(): Promise<Item | undefined> {
    const item = this.take();
    if (item !== undefined || this.closed) return Promise.resolve(item);
    return new Promise((resolve) => this.takers.push(resolve));
  }

  /** Gives a key back. When it was added meanwhile, it is ready now. */
  done(key: string): void {
    const since = this.heldSince.get(key);
    if (since === undefined) return;
    this.heldSince.delete(key);
    this.times.held((this.clock.monotonic() - since) / 1000);
    const entry = this.entries.get(key);
    if (entry?.phase === 'parked') this.offer(entry);
    if (this.idle) this.endDrains(true);
  }

  /** Ends the back-off of a key. The key still has to be given back by `done`. */
  forget(key: string): void {
    this.backOff.forget(key);
  }

  /** How often `key` failed since it was last forgotten. */
  failuresOf(key: string): number {
    return this.backOff.failuresOf(key);
  }

  /** Takes no more keys. What is due is still handed out; what waits for its time is dropped. */
  shutDown(): void {
    this.close();
    this.endDrains(false);
  }

  /** Takes and hands out no more keys. For a process that ends: whoever starts next lists everything anyway. */
  shutDownNow(): void {
    this.close();
    while (this.ready.pop() !== undefined);
    this.entries.clear();
    this.endDrains(this.idle);
  }

  /** Like `shutDown`, and waits until all work is done. False after `withinMs`, or when a plain shut-down cuts in. */
  shutDownWithDrain(withinMs: number): Promise<boolean> {
    this.close();
    if (this.idle) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (drained: boolean) => {
        this.clock.clearTimeout(timer);
        this.drains.delete(end);
        resolve(drained);
      };
      const timer = this.clock.setTimeout(() => end(false), withinMs);
      this.drains.add(end);
    });
  }

  depths(): ReadonlyMap<number, number> {
    const depths = new Map<number, number>();
    for (const { phase, priority } of this.entries.values()) {
      if (phase !== 'waiting') depths.set(priority, (depths.get(priority) ?? 0) + 1);
    }
    return depths;
  }

  heldSeconds(): number[] {
    const time = this.clock.monotonic();
    return Array.from(this.heldSince.values(), (since) => (time - since) / 1000);
  }

  private get idle(): boolean {
    return this.entries.size === 0 && this.heldSince.size === 0;
  }

  private insert(key: string, priority: number, delay: number): void {
    const order = this.nextOrder++;
    const entry: Entry = { key, priority, order, phase: 'waiting', readyAt: 0, readySince: 0, heapIndex: -1 };
    this.entries.set(key, entry);
    if (delay > 0) this.delay(entry, delay);
    else this.makeReady(entry);
  }

  private merge(entry: Entry, priority: number, delay: number): void {
    const raised = priority > entry.priority;
    if (raised) {
      entry.priority = priority;
      entry.order = this.nextOrder++;
    }
    if (entry.phase !== 'waiting') {
      if (raised && entry.phase === 'ready') this.ready.update(entry);
      return;
    }
    this.waiting.remove(entry);
    if (delay > 0) this.delay(entry, delay);
    else this.makeReady(entry);
  }

  private delay(entry: Entry, delay: number): void {
    const readyAt = this.clock.monotonic() + delay;
    entry.readyAt = entry.readyAt === 0 ? readyAt : Math.min(entry.readyAt, readyAt);
    this.waiting.push(entry);
    this.alarm.atLatest(entry.readyAt);
  }

  private makeReady(entry: Entry): void {
    entry.order = this.nextOrder++;
    entry.readySince = this.clock.monotonic();
    this.adds++;
    if (this.heldSince.has(entry.key)) entry.phase = 'parked';
    else this.offer(entry);
  }

  private offer(entry: Entry): void {
    entry.phase = 'ready';
    this.ready.push(entry);
    if (this.takers.size > 0) this.takers.pop()?.(this.take());
  }

  private take(): Item | undefined {
    const entry = this.ready.pop();
    if (entry === undefined) return undefined;
    const { key, priority, readySince } = entry;
    const time = this.clock.monotonic();
    this.entries.delete(key);
    this.heldSince.set(key, time);
    this.times.waited((time - readySince) / 1000);
    return { key, priority };
  }

  private releaseDue(): void {
    const time = this.clock.monotonic();
    let next = this.waiting.peek();
    for (; next !== undefined && next.readyAt <= time; next = this.waiting.peek()) {
      this.waiting.remove(next);
      this.makeReady(next);
    }
    if (next !== undefined) this.alarm.atLatest(next.readyAt);
  }

  private close(): void {
    this.closed = true;
    this.alarm.cancel();
    for (let entry = this.waiting.pop(); entry !== undefined; entry = this.waiting.pop()) {
      this.entries.delete(entry.key);
    }
    for (let taker = this.takers.pop(); taker !== undefined; taker = this.takers.pop()) taker(undefined);
  }

  private endDrains(drained: boolean): void {
    for (const end of this.drains) end(drained);
  }
}

function shorter(backOffMs: number, afterMs: number): number {
  return afterMs > 0 ? Math.min(backOffMs, afterMs) : backOffMs;
}
