import { AssertionError } from 'node:assert';
import { isKubeError } from '../errors/errors.ts';
import { type Result, TerminalError } from './reconcile.ts';

/** How a run ended, and so what becomes of its key. */
export type Outcome =
  | { result: 'success' }
  | { result: 'requeue_after'; afterMs: number; priority: number | undefined }
  /** A lost race with another writer. It is no failure, but is tried again with back-off. */
  | { result: 'requeue'; error: unknown }
  | { result: 'error'; error: unknown; terminal: boolean; panic: boolean }
  /** The cache does not hold our own last write yet: there was no run. */
  | { result: 'stale'; afterMs: number };

/** True, or how long to wait until the key can be looked at. False is a short wait. */
export type Readiness = boolean | { readonly retryAfterMs: number };

const staleRetryMs = 100;
const longestChain = 16;

export function outcomeOfReadiness(ready: Readiness): Outcome | undefined {
  if (ready === true) return undefined;
  const asked = ready === false ? 0 : ready.retryAfterMs;
  // No time, or one that is no number, would ask again at once, for ever.
  return { result: 'stale', afterMs: asked > 0 ? asked : staleRetryMs };
}

export function outcomeOfResult({ requeueAfterMs = 0, priority }: Result = {}): Outcome {
  if (!Number.isFinite(requeueAfterMs) || !Number.isFinite(priority ?? 0)) {
    return outcomeOfError(new RangeError('a reconcile answered with a requeueAfterMs or priority that is no number'));
  }
  if (requeueAfterMs > 0) return { result: 'requeue_after', afterMs: requeueAfterMs, priority };
  return { result: 'success' };
}

export function outcomeOfError(error: unknown): Outcome {
  const chain = causes(error);
  const terminal = chain.some((each) => each instanceof TerminalError);
  if (!terminal && chain.some((each) => isKubeError(each, 'Conflict'))) return { result: 'requeue', error };
  return { result: 'error', error, terminal, panic: isPanic(error) };
}

/** What Go would call a panic: a fault of the program, not of the world. A thrown non-Error is one too. */
function isPanic(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    [TypeError, ReferenceError, RangeError, AssertionError].some((of) => error instanceof of)
  );
}

/** The error and what it was caused by. Bounded, since a cause can lead back to itself. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let each = error; each !== undefined && chain.length < longestChain; each = causeOf(each)) chain.push(each);
  return chain;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
