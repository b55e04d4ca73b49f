import type { Clock } from '../../seams/clock.ts';
import type { ElectorOptions } from '../leader/elector.ts';
import type { Logger } from '../log/logger.ts';
import { Group } from './group.ts';
import { type Runnable, type Stage, stages } from './runnable.ts';

/** What the manager needs of an elector; see src/kube/leader. */
export interface Election {
  run(signal: AbortSignal): Promise<void>;
}

export interface ManagerOptions {
  clock: Clock;
  logger: Logger;
  /** Makes the elector. Default: no election, this process leads at once; then only one replica may run. */
  elect?: (events: Pick<ElectorOptions, 'onStarted' | 'onLost'>) => Election;
  /** How long all stages together may take to end. Default 30 s: what is left is abandoned then. */
  graceMs?: number;
  /** How long one stage may take to be ready. Default 2 min: then the process ends, so that somebody notices. */
  readyMs?: number;
}

type State = 'new' | 'running' | 'stopping' | 'stopped';

/**
 * Starts everything in order, and ends everything in reverse order. Servers come first, because probes must be answered
 * while caches fill; what needs the lease comes last, on warm caches, and ends before the lease is given back.
 */
export class Manager {
  private readonly options: Required<Omit<ManagerOptions, 'elect'>> & Pick<ManagerOptions, 'elect'>;
  private readonly groups: Record<Stage, Group>;
  private readonly outcome = Promise.withResolvers<void>();
  private readonly starting = new AbortController();
  private readonly lease = new AbortController();
  private readonly leadership = Promise.withResolvers<void>();
  private election: Promise<void> | undefined;
  private state: State = 'new';

  constructor(options: ManagerOptions) {
    this.options = { graceMs: 30_000, readyMs: 120_000, ...options };
    const group = () => new Group((runnable, error) => this.failed(runnable, error));
    this.groups = { server: group(), cache: group(), worker: group(), leader: group() };
  }

  /** Answers probes and scrapes: starts first, ends last. */
  addServer(runnable: Runnable): void {
    this.add('server', runnable);
  }

  /** Holds objects that others read: filled on standbys too, so that a new leader acts at once. */
  addCache(runnable: Runnable): void {
    this.add('cache', runnable);
  }

  addRunnable(runnable: Runnable): void {
    this.add(runnable.needsLeadership ? 'leader' : 'worker', runnable);
  }

  /** False from the moment when the end began: readiness must fail then, so that nobody sends work. */
  get running(): boolean {
    return this.state === 'running';
  }

  /**
   * Runs until `stop` was called and everything ended. Rejects when something failed, and at once, without waiting for
   * anything, when the lease was lost: the process must exit then.
   */
  async run(): Promise<void> {
    if (this.state !== 'new') throw new Error('run the manager: it ran already. Make a new one.');
    this.state = 'running';
    this.startAll().catch((error: unknown) => this.end(error));
    return this.outcome.promise;
  }

  /** Begins the end; `run` resolves when it is complete. */
  stop(): void {
    if (this.state !== 'running') throw new Error(`stop the manager: it is ${this.state}`);
    this.end();
  }

  private add(stage: Stage, runnable: Runnable): void {
    if (this.state !== 'new')
      throw new Error(`add "${runnable.name}": the manager is ${this.state}. Add it before run.`);
    this.groups[stage].add(runnable);
  }

  private async startAll(): Promise<void> {
    for (const stage of ['server', 'cache', 'worker'] as const) {
      if (!this.running) return;
      this.groups[stage].start();
      await this.ready(stage);
    }
    await this.ready('leader');
    await this.lead();
    if (!this.running) return;
    this.groups.leader.start();
    this.options.logger.info({}, 'everything is started');
  }

  private ready(stage: Stage): Promise<void> {
    return this.groups[stage].ready(this.options.clock, this.options.readyMs, this.starting.signal);
  }

  private async lead(): Promise<void> {
    const { elect } = this.options;
    if (!elect || !this.running) return;
    const election = elect({
      onStarted: () => this.leadership.resolve(),
      onLost: (error) => this.lost(error),
    });
    this.election = election.run(this.lease.signal);
    await this.leadership.promise;
  }

  private failed(runnable: Runnable, error: unknown): void {
    if (this.running) return this.end(new Error(`run "${runnable.name}": it failed`, { cause: error }));
    this.options.logger.warn({ runnable: runnable.name, err: error }, 'failed while stopping');
  }

  /** Another replica may act in a moment: everything is told to end, and nobody waits for it. */
  private lost(error: Error): void {
    this.state = 'stopped';
    this.starting.abort();
    for (const stage of stages.toReversed()) this.groups[stage].abort();
    this.outcome.reject(error);
  }

  private end(error?: unknown): void {
    if (this.state !== 'running') return;
    this.state = 'stopping';
    this.starting.abort();
    this.options.logger.info({ err: error }, 'stopping');
    void this.complete(error);
  }

  private async complete(error: unknown): Promise<void> {
    this.finish(await this.stopAll(), error);
  }

  private async stopAll(): Promise<string[]> {
    const { clock, graceMs } = this.options;
    const deadline = clock.monotonic() + graceMs;
    const left: string[] = [];
    for (const stage of stages.toReversed()) {
      left.push(...(await this.groups[stage].stop(clock, Math.max(0, deadline - clock.monotonic()))));
      if (stage === 'leader') await this.giveBackLease(left.length === 0);
    }
    return left;
  }

  /** Only when all work under the lease has ended. Otherwise it must expire: that work may still write. */
  private async giveBackLease(ended: boolean): Promise<void> {
    if (!ended) return;
    this.lease.abort();
    await this.election;
  }

  private finish(left: string[], error: unknown): void {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    if (error !== undefined) return this.outcome.reject(error);
    if (left.length === 0) return this.outcome.resolve();
    const names = left.map((name) => `"${name}"`).join(', ');
    this.outcome.reject(new Error(`stop the manager: ${names} still ran after ${this.options.graceMs} ms`));
  }
}
