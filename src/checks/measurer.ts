import type { Check } from '../crds/check/check.ts';
import type { Enqueue, Source } from '../kube/controller/source.ts';
import type { Logger } from '../kube/index.ts';
import type { Measurement, Run } from '../rollout/checks/run.ts';
import type { Clock } from '../seams/clock.ts';
import type { Measure, Reading, Subject } from './measure.ts';

export interface Wanted {
  readonly run: Run;
  readonly check: Check;
}

export interface MeasurerOptions {
  readonly measure: Measure;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** When a measurement of it was due is the measurer's to say. */
export type Measured = Omit<Subject, 'due'>;

interface Task {
  readonly stop: AbortController;
  measurement?: Measurement;
}

/** A namespace cannot hold more connections than this, however slow the servers are that it names. */
const mostAtOnce = 16;
const noPlaceMs = 1000;
/** Measurements that end together are taken together: one look and one write. */
const gatherMs = 100;

/**
 * Measures beside the looks at Deployments, because a measurement may take longer than a look may. It remembers nothing
 * but what is under way: whatever is lost with the process is due again by the status.
 */
export class Measurer implements Source {
  readonly name = 'measurements';
  private readonly options: MeasurerOptions;
  private readonly tasks = new Map<string, Map<string, Task>>();
  private enqueue: Enqueue | undefined;

  constructor(options: MeasurerOptions) {
    this.options = options;
  }

  start(enqueue: Enqueue, { signal }: { signal: AbortSignal }): Promise<void> {
    this.enqueue = enqueue;
    const end = () => {
      for (const key of this.tasks.keys()) this.forget(key);
    };
    signal.addEventListener('abort', end, { once: true });
    return Promise.resolve();
  }

  /** What was measured since the last time. */
  take(key: string): Measurement[] {
    const tasks = this.tasks.get(key);
    if (tasks === undefined) return [];
    const ended = [...tasks].filter(([, { measurement }]) => measurement !== undefined);
    for (const [id] of ended) this.drop(key, id);
    return ended.flatMap(([, { measurement }]) => (measurement === undefined ? [] : [measurement]));
  }

  /** Starts what is due and ends what is not wanted any more. Gives when to ask again, where there was no place. */
  keep(key: string, wanted: readonly Wanted[], subject: Measured | undefined): number | undefined {
    const ids = new Set(wanted.map(({ run }) => idOf(run)));
    for (const id of this.tasks.get(key)?.keys() ?? []) if (!ids.has(id)) this.drop(key, id);
    const now = this.options.clock.now();
    const due = wanted.filter(({ run }) => Date.parse(run.due) <= now && !this.has(key, run));
    if (subject === undefined || due.length === 0) return undefined;
    const started = due.slice(0, Math.max(0, mostAtOnce - this.under(subject.namespace)));
    for (const each of started) this.begin(key, each, subject);
    return started.length < due.length ? noPlaceMs : undefined;
  }

  forget(key: string): void {
    for (const id of this.tasks.get(key)?.keys() ?? []) this.drop(key, id);
  }

  private begin(key: string, wanted: Wanted, subject: Measured): void {
    const task: Task = { stop: new AbortController() };
    const tasks = this.tasks.get(key) ?? new Map<string, Task>();
    this.tasks.set(key, tasks.set(idOf(wanted.run), task));
    void this.measure(key, task, wanted, subject);
  }

  private async measure(key: string, task: Task, { run, check }: Wanted, subject: Measured): Promise<void> {
    const { signal } = task.stop;
    const { measure, clock } = this.options;
    const reading = await measure(check, { ...subject, due: run.due }, signal).catch((error: unknown) =>
      this.lost(error, signal),
    );
    if (signal.aborted) return;
    task.measurement = { run, ...reading, at: new Date(clock.now()) };
    this.enqueue?.(key, { afterMs: gatherMs });
  }

  /** A fault of ours says nothing about the release. */
  private lost(error: unknown, signal: AbortSignal): Reading {
    if (!signal.aborted) this.options.log.error({ err: error }, 'A measurement failed');
    return { verdict: 'NoData', message: 'It could not be measured; the log of the operator says why.' };
  }

  private drop(key: string, id: string): void {
    const tasks = this.tasks.get(key);
    tasks?.get(id)?.stop.abort(new Error('nobody waits for this measurement any more'));
    tasks?.delete(id);
    if (tasks?.size === 0) this.tasks.delete(key);
  }

  private has(key: string, run: Run): boolean {
    return this.tasks.get(key)?.has(idOf(run)) === true;
  }

  private under(namespace: string): number {
    const own = [...this.tasks].filter(([key]) => key.startsWith(`${namespace}/`));
    return own.reduce((total, [, tasks]) => total + tasks.size, 0);
  }
}

function idOf({ name, release, step, due }: Run): string {
  return JSON.stringify([name, release, step, due]);
}
