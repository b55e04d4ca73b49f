import { isKubeError, type KubeError } from '../errors/errors.ts';
import { errorFromResponse, errorFromStatus } from '../errors/status.ts';
import { parseRetryAfter } from '../transport/retry.ts';
import { UndecodableError } from './undecodable.ts';

/** Every way in which a list or a watch can go wrong, by what has to be done about it. */
export const failureReasons = [
  /** The server no longer knows our version: 410. */
  'Expired',
  /** Our version is newer than what this server knows. */
  'TooLarge',
  /** The server refuses what we asked for: 400 or 422. */
  'Refused',
  /** 429. */
  'Throttled',
  /** 500, as an answer or inside a watch: this very request may never work. */
  'Internal',
  /** 502, 503, 504 and the like. */
  'Unavailable',
  /** 401, 403, 404, 406: permissions or the kind are missing, now. */
  'Denied',
  /** No answer at all: refused, timed out, name not found. */
  'NoAnswer',
  /** A watch that lasted less than a second and brought nothing new. */
  'ShortWatch',
  /** An initial list that ended before the bookmark that completes it. */
  'Incomplete',
  /** Bytes that are no event or no object. */
  'Undecodable',
  /** No byte for so long that the connection must be dead. */
  'Silent',
  /** A list that is older than what we hold. */
  'Stale',
  /** An event that shows that others before it were lost. */
  'Lost',
] as const;

export type FailureReason = (typeof failureReasons)[number];

export interface Failure {
  reason: FailureReason;
  detail: string;
  /** How long the server asked us to wait. */
  retryAfterMs?: number | undefined;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** An ERROR event inside a watch. */
export function failureOfStatus(status: unknown): Failure {
  return failureOf(errorFromStatus(status, { attempted: 'watch' }));
}

/** An answer other than 200. `nowMs` is the time of day, for a Retry-After that is a date. */
export function failureOfAnswer({ status, headers, body }: Answer, nowMs: number): Failure {
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
  return failureOf(errorFromResponse({ status, body, retryAfterMs }, { attempted: `HTTP ${status}` }));
}

/** For a request that was not answered, or whose answer cannot be read. */
export function failureOfError(error: unknown): Failure {
  const reason = error instanceof UndecodableError ? 'Undecodable' : 'NoAnswer';
  return { reason, detail: error instanceof Error ? error.message : String(error) };
}

function failureOf(error: KubeError): Failure {
  return { reason: reasonOf(error), detail: error.message.slice(0, 500), retryAfterMs: error.retryAfterMs };
}

function reasonOf(error: KubeError): FailureReason {
  const { status } = error;
  if (isTooLarge(error)) return 'TooLarge';
  if (isKubeError(error, 'Gone')) return 'Expired';
  if (isKubeError(error, 'Throttled')) return 'Throttled';
  if (status === undefined || status === 500) return 'Internal';
  if (status === 400 || status === 422) return 'Refused';
  return status > 500 ? 'Unavailable' : 'Denied';
}

/** Servers name it as a cause; some say it only in words. */
function isTooLarge({ causes, message }: KubeError): boolean {
  return (
    causes.some(({ reason }) => reason === 'ResourceVersionTooLarge') || /too large resource version/i.test(message)
  );
}
