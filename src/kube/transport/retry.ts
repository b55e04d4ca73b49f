import type { KubeRequest } from './transport.ts';

/** How one attempt ended. */
export type Outcome =
  | { kind: 'answer'; status: number; retryAfterMs: number | undefined }
  /** No connection came about, or it was left before the first byte: the server cannot have seen the request. */
  | { kind: 'unsent' }
  /** The connection broke before an answer: the server may have done it or not. */
  | { kind: 'broken' };

/** What was tried before for this request. */
export interface Attempts {
  throttled: number;
  unsent: number;
  broken: number;
  refused: number;
}

export interface RetryInput {
  outcome: Outcome;
  method: KubeRequest['method'];
  attempts: Readonly<Attempts>;
  /** Time that is left for the whole request. */
  remainingMs: number;
  /** In [0, 1): spreads those who were all told to wait for one second. */
  chance: number;
}

export type Decision =
  | { action: 'finish' }
  | { action: 'wait'; ms: number; counts: keyof Attempts }
  /** Ask for new credentials and try once more if there are any. */
  | { action: 'refresh'; counts: keyof Attempts };

export const maxThrottledRetries = 5;
export const maxUnsentRetries = 3;
const unsentRetryMs = 50;
const jitter = 0.25;

const finish: Decision = { action: 'finish' };

/**
 * Only what the server cannot have done twice is tried again: what it refused to look at, what never reached it, and
 * reads, which do no harm.
 */
export function decideRetry({ outcome, method, attempts, remainingMs, chance }: RetryInput): Decision {
  if (outcome.kind === 'unsent') {
    if (attempts.unsent >= maxUnsentRetries) return finish;
    return wait(unsentRetryMs * 2 ** attempts.unsent * (1 + chance), 'unsent', remainingMs);
  }
  if (outcome.kind === 'broken') {
    return method === 'GET' && attempts.broken === 0 ? wait(0, 'broken', remainingMs) : finish;
  }
  if (outcome.status === 401) return attempts.refused === 0 ? { action: 'refresh', counts: 'refused' } : finish;
  if (outcome.retryAfterMs === undefined || !refusedUnseen(outcome.status, method)) return finish;
  if (attempts.throttled >= maxThrottledRetries) return finish;
  return wait(outcome.retryAfterMs * (1 + jitter * chance), 'throttled', remainingMs);
}

/** A 429 was refused before any work. A 503 may come after it, so what is not idempotent stays the caller's decision. */
function refusedUnseen(status: number, method: KubeRequest['method']): boolean {
  return status === 429 || (status === 503 && method !== 'POST' && method !== 'PATCH');
}

function wait(ms: number, counts: keyof Attempts, remainingMs: number): Decision {
  return ms < remainingMs ? { action: 'wait', ms, counts } : finish;
}

/** Reads a Retry-After header: seconds, or a date. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
