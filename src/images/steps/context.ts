import type { Clock } from '../../seams/clock.ts';

/** What every step works with. Folders are parameters, so that tests run steps outside of a pod. */
export interface StepContext {
  readonly clock: Clock;
  /** Aborts when the pod is told to end. */
  readonly signal: AbortSignal;
  /** Prints a line for whoever reads the container's log. */
  readonly say: (line: string) => void;
}
