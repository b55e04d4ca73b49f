import type { Clock, Timer } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Logger } from '../log/logger.ts';
import { parseKey } from '../object/key.ts';
import type { Item } from '../workqueue/workqueue.ts';
import { type ReconcileContext, ReconcileTimeout } from './reconcile.ts';
import { reconcileID } from './reconcile-id.ts';

export interface RunOptions {
  item: Item;
  random: Random;
  log: Logger;
  clock: Clock;
  timeoutMs: number;
  onTimeout: (run: Run) => void;
}

/** One run of a reconcile, with its own deadline. */
export class Run implements ReconcileContext {
  readonly key: string;
  readonly priority: number;
  private readonly random: Random;
  private readonly parentLog: Logger;
  private readonly clock: Clock;
  private readonly controller = new AbortController();
  private readonly timer: Timer;
  private readonly startedAt: number;
  private ownID: string | undefined;
  private ownLog: Logger | undefined;

  constructor({ item, random, log, clock, timeoutMs, onTimeout }: RunOptions) {
    this.key = item.key;
    this.priority = item.priority;
    this.random = random;
    this.parentLog = log;
    this.clock = clock;
    this.startedAt = clock.monotonic();
    this.timer = clock.setTimeout(() => {
      if (this.signal.aborted) return;
      this.abort(new ReconcileTimeout(this.key, timeoutMs));
      onTimeout(this);
    }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  // Made when first used, like the logger: most runs find nothing to say.
  get reconcileID(): string {
    this.ownID ??= reconcileID(this.random);
    return this.ownID;
  }

  get log(): Logger {
    this.ownLog ??= this.parentLog.child({ ...parseKey(this.key), reconcileID: this.reconcileID });
    return this.ownLog;
  }

  get seconds(): number {
    return (this.clock.monotonic() - this.startedAt) / 1000;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  end(): void {
    this.clock.clearTimeout(this.timer);
  }
}
