import type { Clock } from '../../seams/clock.ts';

export interface Bound {
  clock: Clock;
  ms: number;
  /** Also ends the wait. */
  signal?: AbortSignal;
  /** Opens the message when the time is up: `renew lease kube-system/vish`. */
  what: string;
}

/** Runs `work` and stops waiting after `ms` or when `signal` aborts, even if `work` does not heed its own signal. */
export async function boundedCall<T>(bound: Bound, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, ms, signal, what } = bound;
  const timeUp = new AbortController();
  const both = signal ? AbortSignal.any([signal, timeUp.signal]) : timeUp.signal;
  const timer = clock.setTimeout(() => timeUp.abort(new Error(`${what}: no answer within ${ms} ms`)), ms);
  const over = new AbortController();
  try {
    return await Promise.race([rejectOnAbort(both, over.signal), work(both)]);
  } finally {
    clock.clearTimeout(timer);
    over.abort();
  }
}

function rejectOnAbort(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail, { once: true, signal: over });
  });
}
