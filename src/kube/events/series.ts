import { microTime } from '../leader/lease.ts';
import type { KubeEvent } from './event.ts';

/** Idle for this long, and the series is over: the next equal event starts another one. */
export const finishMs = 6 * 60_000;
/** A series that goes on is written at least this often, because the server forgets events after an hour. */
export const refreshMs = 30 * 60_000;

/** One event and how often it happened since. */
export class Series {
  readonly event: KubeEvent;
  count = 1;
  /** How much of the count the server knows; 0 while the event was never written. */
  written = 0;
  /** Waits in the queue, or a worker holds it. */
  pending = false;
  private lastSeen: number;
  private lastStamp: string;
  private lastWrite: number;
  private lastFailed = false;

  constructor(event: KubeEvent, now: number) {
    this.event = event;
    this.lastSeen = now;
    this.lastWrite = now;
    this.lastStamp = event.eventTime;
  }

  seen(monotonic: number, epoch: number): void {
    this.count++;
    this.lastSeen = monotonic;
    this.lastStamp = microTime(epoch);
  }

  /** The second time at once, so that people see that it repeats; later ones are gathered until the refresh. */
  wantsWrite(now: number): boolean {
    if (this.written >= this.count) return false;
    return (this.written <= 1 && !this.lastFailed) || now - this.lastWrite >= refreshMs;
  }

  /** It is over, and the server does not know the last count. */
  get wantsFinalWrite(): boolean {
    return this.written > 0 && this.written < this.count;
  }

  isOver(now: number): boolean {
    return now - this.lastSeen >= finishMs;
  }

  /** The event as it should be on the server now. */
  snapshot(): KubeEvent {
    if (this.count === 1) return this.event;
    return { ...this.event, series: { count: this.count, lastObservedTime: this.lastStamp } };
  }

  wrote(count: number, now: number): void {
    this.written = count;
    this.lastWrite = now;
    this.lastFailed = false;
  }

  /** The next try waits for the refresh: what was refused once is refused again. */
  failed(now: number): void {
    this.lastWrite = now;
    this.lastFailed = true;
  }
}
