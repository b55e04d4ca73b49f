export interface Past {
  /** Failures in a row; 0 after an answer. */
  readonly failures: number;
  /** Whether the last failure may pass by itself. */
  readonly retryable: boolean;
  /** What the host asked for with it. */
  readonly retryAfterMs: number | undefined;
  /** Chance, from 0 to 1: repositories that were first read together do not stay together. */
  readonly spread: number;
}

const firstRetryMs = 5_000;
const longestMs = 600_000;

/** How long a look at a repository is good for. What only a person can mend is asked for no more often than an answer. */
export function delayAfter({ failures, retryable, retryAfterMs = 0, spread }: Past, pollMs: number): number {
  const jitter = 0.9 + 0.2 * spread;
  if (failures === 0) return pollMs * jitter;
  const cap = Math.max(pollMs, longestMs);
  const base = retryable ? Math.min(firstRetryMs, pollMs) : pollMs;
  const backOff = base * 2 ** Math.min(failures - 1, 30);
  return Math.min(Math.max(backOff, retryAfterMs), cap) * jitter;
}
