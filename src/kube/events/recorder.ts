import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import { boundedCall } from '../deadline/bounded-call.ts';
import type { Runnable } from '../manager/runnable.ts';
import { type Notice, newEvent, objectKeyOf, type Reporter, seriesKey } from './event.ts';
import type { EventMetrics } from './metrics.ts';
import { Series } from './series.ts';
import { SpamFilter } from './spam-filter.ts';
import type { EventWriter } from './writer.ts';

export interface RecorderOptions {
  writer: Pick<EventWriter, 'write'>;
  reporter: Reporter;
  clock: Clock;
  random: Random;
  metrics: EventMetrics;
  /** Takes secrets out of notes; for example `redactor.text`. */
  redact: (text: string) => string;
  /** How long the end may wait for what is not written yet. Default 5 s. */
  flushMs?: number;
}

const mostQueued = 1000;
/** Known series; each is one object with one reason. Beyond that the oldest one is forgotten early. */
const mostSeries = 4096;
const workers = 4;
const sweepMs = 60_000;

/** Gathers what controllers say about objects, and writes it as Events without ever holding a controller up. */
export class EventRecorder implements Runnable {
  readonly name = 'events';
  readonly needsLeadership = false;
  private readonly options: RecorderOptions;
  private readonly spam: SpamFilter;
  private readonly series = new Map<string, Series>();
  private queue: Series[] = [];
  private readonly idle: (() => void)[] = [];
  private ending = false;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.spam = new SpamFilter(options.clock);
  }

  /** Never throws and never waits. An equal event within six minutes only counts up. */
  record(notice: Notice): void {
    const { clock } = this.options;
    const known = this.series.get(seriesKey(notice));
    if (known && !known.isOver(clock.monotonic())) {
      known.seen(clock.monotonic(), clock.now());
      if (!known.pending && known.wantsWrite(clock.monotonic())) this.enqueue(known, notice);
      return;
    }
    this.begin(notice);
  }

  /** Writes until `signal` aborts, then writes what is left within the flush time. */
  async start(signal: AbortSignal): Promise<void> {
    const flush = new AbortController();
    const work = Promise.all(Array.from({ length: workers }, () => this.work(flush.signal)));
    while (!signal.aborted) {
      await sleep(this.options.clock, sweepMs, signal).catch(() => undefined);
      this.sweep();
    }
    this.end();
    const { clock, flushMs = 5000 } = this.options;
    await boundedCall({ clock, ms: flushMs, what: 'flush events' }, () => work).catch(() => undefined);
    flush.abort(new Error('the time to write events is over'));
    for (const _ of this.queue) this.options.metrics.drop('gave_up');
    this.queue = [];
    this.options.metrics.depth(0);
  }

  private begin(notice: Notice): void {
    const { clock, random, reporter, redact } = this.options;
    const suffix = `${clock.now().toString(16)}${Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')}`;
    const clean = { ...notice, note: redact(notice.note) };
    const series = new Series(newEvent(clean, reporter, { now: clock.now(), suffix }), clock.monotonic());
    if (!this.enqueue(series, notice)) return;
    const key = seriesKey(notice);
    this.series.delete(key);
    this.series.set(key, series);
    if (this.series.size > mostSeries) this.series.delete(this.series.keys().next().value ?? '');
  }

  private enqueue(series: Series, notice: Notice): boolean {
    const { metrics } = this.options;
    const refused = this.refusal(notice);
    if (refused) metrics.drop(refused);
    else this.push(series);
    return refused === undefined;
  }

  private refusal(notice: Notice): 'gave_up' | 'queue_full' | 'spam' | undefined {
    if (this.ending) return 'gave_up';
    if (this.queue.length >= mostQueued) return 'queue_full';
    return this.spam.allow(objectKeyOf(notice)) ? undefined : 'spam';
  }

  private push(series: Series): void {
    series.pending = true;
    this.queue.push(series);
    this.options.metrics.depth(this.queue.length);
    this.idle.pop()?.();
  }

  private async work(signal: AbortSignal): Promise<void> {
    for (let series = await this.next(); series; series = await this.next()) {
      await this.options.writer.write(series, signal);
      series.pending = false;
      if (signal.aborted) return;
    }
  }

  /** The next one to write; undefined when the end has come and nothing is left. */
  private async next(): Promise<Series | undefined> {
    while (this.queue.length === 0 && !this.ending) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
    }
    const series = this.queue.shift();
    this.options.metrics.depth(this.queue.length);
    return series;
  }

  /** Writes the final count of a series that is over, and refreshes one that goes on. */
  private sweep(): void {
    const now = this.options.clock.monotonic();
    for (const [key, series] of this.series) {
      const over = series.isOver(now);
      if (over) this.series.delete(key);
      const due = over ? series.wantsFinalWrite : series.wantsWrite(now);
      if (due && !series.pending && this.queue.length < mostQueued) this.push(series);
    }
  }

  private end(): void {
    for (const series of this.series.values()) {
      if (series.wantsFinalWrite && !series.pending && this.queue.length < mostQueued) this.push(series);
    }
    this.ending = true;
    for (const wake of this.idle.splice(0)) wake();
  }
}
