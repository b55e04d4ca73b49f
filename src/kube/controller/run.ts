import type { Clock, Timer } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';
import { parseKey } from '../object/key.ts';
import type { Item } from '../workqueue/workqueue.ts';
import { type ReconcileContext, ReconcileTimeout } from './reconcile.ts';

export interface RunOptions {
  item: Item;
  reconcileID: string;
  log: Logger;
  clock: Clock;
  timeoutMs: number;
  onTimeout: (run: Run) => void;
}

/** One run of a reconcile, with its own deadline. */
export class Run implements ReconcileContext {
  readonly key: string;
  readonly priority: number;
  readonly reconcileID: string;
  private readonly parentLog: Logger;
  private readonly clock: Clock;
  private readonly controller = new AbortController();
  private readonly timer: Timer;
  private readonly startedAt: number;
  private ownLog: Logger | undefined;

  constructor({ item, reconcileID, log, clock, timeoutMs, onTimeout }: RunOptions) {
    this.key = item.key;
    this.priority = item.priority;
    this.reconcileID = reconcileID;
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

  /** Made when first used: most runs find nothing to say. */
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
