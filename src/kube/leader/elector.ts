import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import { boundedCall } from '../deadline/bounded-call.ts';
import type { Logger } from '../log/logger.ts';
import { formatKey, type ObjectKey } from '../object/key.ts';
import { type LeaseClient, LeaseLock, type LockCall, type Outcome } from './lock.ts';
import type { LeaderMetrics } from './metrics.ts';
import { jitterFactor, type LeaderTiming, timing } from './timing.ts';

export interface ElectorOptions extends LeaderTiming {
  client: LeaseClient;
  /** Namespace and name of the Lease. */
  lease: ObjectKey;
  /** Unique to this process, and different after a restart: two processes of one identity would both lead. */
  identity: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: LeaderMetrics;
  /** Called once, when the lease is ours. Must not throw. */
  onStarted: () => void;
  /** The lease is lost while we led: the process must end at once, without giving anything a chance to write. */
  onLost: (error: LeaseLost) => void;
  /** Another replica leads, or this one. Default: nothing. */
  onNewLeader?: (identity: string) => void;
}

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Takes one Lease, keeps it, and gives it back. Ports client-go's semantics; the README says where it is stricter. */
export class Elector {
  private readonly options: ElectorOptions;
  private readonly times: Required<LeaderTiming>;
  private readonly lock: LeaseLock;
  private readonly leaseName: string;
  private elected = false;
  private reported = '';

  constructor(options: ElectorOptions) {
    if (options.identity === '') throw new Error('set up leader election: the identity must not be empty');
    this.options = options;
    this.times = timing(options);
    this.leaseName = formatKey(options.lease);
    const { client, lease, identity, clock, metrics } = options;
    const { leaseDurationMs } = this.times;
    const onSlowPath = () => metrics.slowPath(lease.name);
    this.lock = new LeaseLock({ client, lease, identity, leaseDurationMs, clock, onSlowPath });
    metrics.leading(lease.name, false);
  }

  /**
   * True only while the lease is certainly ours. Ask right before an action that must not be done twice: after the
   * process was stopped for a while, this is false before any timer could fire.
   */
  get leading(): boolean {
    return this.elected && this.options.clock.monotonic() < this.deadline();
  }

  /** Stands by, leads, and gives the lease back when `signal` aborts; ends early when the lease is lost. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const error = (await this.acquire(signal)) ? await this.renew(signal) : undefined;
    this.elected = false;
    this.options.metrics.leading(this.options.lease.name, false);
    if (!error) return this.release();
    this.options.logger.error({ lease: this.leaseName, err: error }, 'lost the lease');
    this.options.onLost(error);
  }

  private async acquire(signal: AbortSignal): Promise<boolean> {
    const { logger, metrics, lease } = this.options;
    logger.info({ lease: this.leaseName }, 'waiting for the lease');
    while (!signal.aborted) {
      const outcome = await this.attempt('take', this.requestTimeout(), signal);
      if (signal.aborted) return false;
      this.elected = outcome === 'held';
      if (!this.elected) {
        await this.pause(this.standbyWait(), signal);
        continue;
      }
      metrics.leading(lease.name, true);
      logger.info({ lease: this.leaseName }, 'leading');
      this.options.onStarted();
      return true;
    }
    return false;
  }

  /** Resolves with the error when the lease is lost, with nothing when `signal` aborts. */
  private async renew(signal: AbortSignal): Promise<LeaseLost | undefined> {
    const { clock } = this.options;
    let outcome: Outcome | undefined = 'held';
    while (!signal.aborted) {
      // A failed renewal is repeated sooner, because only the rest of the deadline is left for it.
      const wait = outcome === 'held' ? this.times.retryPeriodMs : this.times.retryPeriodMs / 2;
      await this.pause(Math.min(wait, this.deadline() - clock.monotonic()), signal);
      if (signal.aborted) return undefined;
      const remaining = this.deadline() - clock.monotonic();
      if (remaining <= 0) return this.lost(`it could not be renewed for ${this.times.renewDeadlineMs} ms`);
      outcome = await this.attempt('renew', Math.min(remaining, this.requestTimeout()), signal);
      if (outcome === 'foreign') return this.lost(`"${this.lock.holder}" holds it now`);
    }
    return undefined;
  }

  /** What became of one attempt; undefined when nobody knows. */
  private async attempt(kind: 'take' | 'renew', ms: number, signal: AbortSignal): Promise<Outcome | undefined> {
    const { clock, logger } = this.options;
    const what = `${kind} lease ${this.leaseName}`;
    const run = (call: LockCall) => (kind === 'take' ? this.lock.acquire(call) : this.lock.renew(call));
    try {
      return await boundedCall({ clock, ms, signal, what }, (signal) => run({ signal, timeoutMs: ms }));
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ lease: this.leaseName, err: error }, 'the lease could not be taken or renewed');
      return undefined;
    } finally {
      this.reportLeader();
    }
  }

  private async release(): Promise<void> {
    const { clock, logger } = this.options;
    const ms = this.requestTimeout();
    const what = `release lease ${this.leaseName}`;
    try {
      await boundedCall({ clock, ms, what }, (signal) => this.lock.release({ signal, timeoutMs: ms }));
    } catch (error) {
      logger.warn({ lease: this.leaseName, err: error }, 'the lease could not be given back, it will expire');
    }
  }

  private reportLeader(): void {
    const { holder } = this.lock;
    if (holder === this.reported) return;
    this.reported = holder;
    this.options.onNewLeader?.(holder);
  }

  /**
   * Counted from the sending of the last renewal, not from its answer: others count from when the server stored it, and
   * an answer may be seconds late.
   */
  private deadline(): number {
    return (this.lock.heldSince ?? Number.NEGATIVE_INFINITY) + this.times.renewDeadlineMs;
  }

  /** Two attempts fit into one renew deadline, so that one lost answer does not lose the lease. */
  private requestTimeout(): number {
    return this.times.renewDeadlineMs / 2;
  }

  private standbyWait(): number {
    const jittered = this.times.retryPeriodMs * (1 + (jitterFactor - 1) * this.options.random.next());
    const { remainingMs } = this.lock;
    return remainingMs > 0 ? Math.min(jittered, remainingMs) : jittered;
  }

  private lost(why: string): LeaseLost {
    return new LeaseLost(`keep lease ${this.leaseName}: ${why}. End this process, another one leads.`);
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(this.options.clock, Math.max(0, ms), signal).catch(() => undefined);
  }
}
