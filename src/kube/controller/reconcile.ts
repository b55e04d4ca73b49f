import type { Logger } from '../log/logger.ts';
import type { ObjectKey } from '../object/key.ts';

/** What a reconcile wants next. Nothing at all means done, until something changes. */
export interface Result {
  /** Look again after this time, whatever happens. Default: only when something changes. */
  readonly requeueAfterMs?: number;
  /** Priority of that look. Default: that of this run. */
  readonly priority?: number;
}

export const done: Result = Object.freeze({});

export interface ReconcileContext {
  readonly key: string;
  readonly priority: number;
  /** Names this run in logs. */
  readonly reconcileID: string;
  readonly log: Logger;
  /** Aborts with a ReconcileTimeout, or a ShuttingDown. Pass it to every call that waits. */
  readonly signal: AbortSignal;
}

/**
 * Brings the world closer to what the object asks for. It is called with a name only, because what was seen when the
 * key was queued is history: it reads the state itself, and can be run again at any point.
 */
export type Reconcile = (key: ObjectKey, context: ReconcileContext) => Promise<Result | undefined>;

/** An error that no retry can mend: it is logged and counted, and the key waits for the next change. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** The reason of the signal of a run that took too long. */
export class ReconcileTimeout extends Error {
  override readonly name = 'ReconcileTimeout';

  constructor(key: string, timeoutMs: number) {
    super(`reconcile ${key}: not done within ${timeoutMs / 1000} s. It will be tried again.`);
  }
}

/** The reason of the signal of a run that the end of the process cut short. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';

  constructor(controller: string) {
    super(`the controller "${controller}" is shutting down`);
  }
}
