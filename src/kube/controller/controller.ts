import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Logger } from '../log/logger.ts';
import { parseKey } from '../object/key.ts';
import type { BackOff } from '../workqueue/back-off.ts';
import { type Item, WorkQueue } from '../workqueue/workqueue.ts';
import type { ControllerMetrics, Meters } from './metrics.ts';
import { type Outcome, outcomeOfError, outcomeOfReadiness, outcomeOfResult, type Readiness } from './outcome.ts';
import { type Reconcile, ShuttingDown } from './reconcile.ts';
import { Run } from './run.ts';
import type { Source } from './source.ts';
import { startSources } from './start-sources.ts';
import { Turns } from './turns.ts';

export interface ControllerOptions {
  /** Stands in metrics, logs and errors; one controller of a process has it. */
  name: string;
  reconcile: Reconcile;
  sources: readonly Source[];
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: ControllerMetrics;
  /** How many keys are worked on at once. Default 1: the order of the queue is the order of the work. */
  concurrency?: number;
  /** After this a run's signal aborts. Default 60 s. A run that ignores its signal keeps its key and its worker. */
  timeoutMs?: number;
  /** How long each source may take to start and sync. Default 120 s: then `start` fails and the process should end. */
  syncTimeoutMs?: number;
  /** Delays after failures. Default: 5 ms, doubled at each failure of the key, 1 000 s at most. */
  backOff?: BackOff;
  /** Whether the caches are fit for a look at this key: read-your-writes. Default: always. */
  ready?: (key: string) => Readiness;
}

const afterAbortMs = 1000;

/** Keys in from its sources, one reconcile at a time per key, until done. */
export class Controller {
  readonly name: string;
  private readonly options: ControllerOptions;
  private readonly queue: WorkQueue;
  private readonly meters: Meters;
  private readonly log: Logger;
  private readonly stopping = new AbortController();
  private readonly runs = new Set<Run>();
  private readonly turns = new Turns();
  private warm: Promise<void> | undefined;
  private started = false;
  private workers: Promise<unknown> = Promise.resolve();
  private stopped: Promise<boolean> | undefined;

  constructor(options: ControllerOptions) {
    const { name, clock, metrics, backOff, concurrency = 1 } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`make the controller "${name}": concurrency must be a whole number of at least 1.`);
    }
    this.name = name;
    this.options = options;
    this.queue = new WorkQueue({ name, clock, metrics: metrics.queues, ...(backOff && { backOff }) });
    this.meters = metrics.of(name, concurrency);
    this.log = options.log.child({ controller: name });
  }

  /** Starts the sources and waits until they synced; no worker runs. For a standby that wants its caches full. */
  warmup(): Promise<void> {
    this.warm ??= this.startSources();
    return this.warm;
  }

  /** Resolves when the workers run. Ends quietly when `stop` is called meanwhile. */
  async start(): Promise<void> {
    if (this.started) throw new Error(`start the controller "${this.name}": it was started before. Make a new one.`);
    this.started = true;
    await this.warmup();
    if (this.stopping.signal.aborted) return;
    const { concurrency = 1 } = this.options;
    this.log.info({ concurrency }, 'Starting workers');
    this.workers = Promise.all(Array.from({ length: concurrency }, () => this.work()));
  }

  /**
   * Ends the sources, drops what is queued, and lets running reconciles end. After `withinMs` their signals abort. True
   * when nothing runs any more, false when a run ignores its signal.
   */
  stop(withinMs = 20_000): Promise<boolean> {
    this.stopped ??= this.end(withinMs);
    return this.stopped;
  }

  private async startSources(): Promise<void> {
    const { sources, clock, syncTimeoutMs = 120_000 } = this.options;
    const { signal } = this.stopping;
    const enqueue = this.queue.add.bind(this.queue);
    this.log.info({ sources: sources.map(({ name }) => name) }, 'Starting sources');
    try {
      await startSources(sources, { controller: this.name, enqueue, clock, signal, timeoutMs: syncTimeoutMs });
    } catch (error) {
      this.stopping.abort(error); // The sources that did start must not go on alone.
      throw error;
    }
  }

  private async work(): Promise<void> {
    for (let item = await this.queue.get(); item !== undefined; item = await this.queue.get()) {
      await this.process(item);
      await this.turns.next();
    }
  }

  private async process(item: Item): Promise<void> {
    const run = this.begin(item);
    try {
      this.settle(await this.attempt(run), run);
    } finally {
      run.end();
      this.runs.delete(run);
      this.meters.activeWorkers.dec();
      this.queue.done(item.key);
    }
  }

  private begin(item: Item): Run {
    const { clock, random, timeoutMs = 60_000 } = this.options;
    const onTimeout = (late: Run) => {
      this.meters.timeouts.inc();
      late.log.warn({ timeoutMs }, 'Reconcile takes too long, its signal was aborted');
    };
    const run = new Run({ item, random, log: this.log, clock, timeoutMs, onTimeout });
    this.runs.add(run);
    this.meters.activeWorkers.inc();
    return run;
  }

  /** Never throws: what a reconcile throws, of whatever kind, is an outcome. */
  private async attempt(run: Run): Promise<Outcome> {
    try {
      const unready = outcomeOfReadiness(this.options.ready?.(run.key) ?? true);
      return unready ?? outcomeOfResult(await this.options.reconcile(parseKey(run.key), run));
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  private settle(outcome: Outcome, run: Run): void {
    const { key, priority } = run;
    if (outcome.result === 'stale') {
      this.meters.staleSkips.inc();
      this.queue.add(key, { priority, afterMs: outcome.afterMs });
      return;
    }
    this.meters.seconds.observe(run.seconds);
    this.meters.results[outcome.result].inc();
    switch (outcome.result) {
      case 'success':
        return this.queue.forget(key);
      case 'requeue_after':
        this.queue.forget(key);
        return this.queue.add(key, { priority: outcome.priority ?? priority, afterMs: outcome.afterMs });
      case 'requeue':
        run.log.debug({ err: outcome.error }, 'Another writer was faster, trying again');
        return this.queue.add(key, { priority, rateLimited: true });
      case 'error':
        return this.fail(outcome, run);
    }
  }

  private fail({ error, terminal, panic }: Extract<Outcome, { result: 'error' }>, run: Run): void {
    this.meters.errors.inc();
    if (panic) this.meters.panics.inc();
    if (terminal) {
      this.meters.terminalErrors.inc();
      this.queue.forget(run.key);
    } else {
      this.queue.add(run.key, { priority: run.priority, rateLimited: true });
    }
    run.log.error({ err: error, terminal, panic }, 'Reconcile failed');
  }

  private async end(withinMs: number): Promise<boolean> {
    const reason = new ShuttingDown(this.name);
    this.stopping.abort(reason);
    this.queue.shutDownNow();
    if (await this.idleWithin(withinMs)) return true;
    this.log.warn({ keys: this.runningKeys() }, 'Stopping takes too long, aborting what still runs');
    for (const run of this.runs) run.abort(reason);
    if (await this.idleWithin(afterAbortMs)) return true;
    this.log.error({ keys: this.runningKeys() }, 'Reconciles ignore their signal and end only with the process');
    return false;
  }

  private async idleWithin(ms: number): Promise<boolean> {
    const enough = new AbortController();
    const late = sleep(this.options.clock, ms, enough.signal).then(
      () => false,
      () => false,
    );
    const idle = this.workers.then(() => true);
    const ended = await Promise.race([idle, late]);
    enough.abort();
    return ended;
  }

  private runningKeys(): string[] {
    return Array.from(this.runs, ({ key }) => key);
  }
}
