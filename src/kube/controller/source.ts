import type { Clock } from '../../seams/clock.ts';
import type { AddOptions } from '../workqueue/workqueue.ts';

/** Puts a key into the controller's queue. Cheap, never fails, never waits. */
export type Enqueue = (key: string, options?: Pick<AddOptions, 'priority' | 'afterMs'>) => void;

export interface SourceContext {
  clock: Clock;
  /** Aborts when the controller stops: then the source lets go of everything it holds. */
  signal: AbortSignal;
}

/** Anything that knows which keys to look at: an informer, a webhook, a timer. */
export interface Source {
  /** How messages call it, for example `pods`. */
  readonly name: string;
  /**
   * Begins to call `enqueue`, and resolves once everything that existed before has been enqueued: no worker runs
   * earlier. Rejects when that cannot be reached.
   */
  start(enqueue: Enqueue, context: SourceContext): Promise<void>;
}
