import type { StepFailure, StepReason } from './result/result.ts';

export type Details = Pick<StepFailure, 'step' | 'file' | 'line' | 'exitCode' | 'lines'>;

/** Ends a step. The message stands in the status of the Build: what was attempted, and what to do. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly reason: StepReason;
  readonly details: Details;
  /** More of the last lines than a termination message has room for. */
  readonly tail: readonly string[];

  constructor(reason: StepReason, message: string, details: Details = {}, tail: readonly string[] = []) {
    super(message);
    this.reason = reason;
    this.details = details;
    this.tail = tail;
  }
}
