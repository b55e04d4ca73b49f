/** A pending call; give it back to `clearTimeout` of the same clock. */
export interface Timer {
  readonly id: unknown;
}

/**
 * Time as a parameter. Production passes `systemClock`, tests pass a `ManualClock`, so that no test sleeps and every
 * deadline can be reached at once.
 */
export interface Clock {
  /** Milliseconds since the epoch; may jump when the machine's clock is set. For stamps that people read. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations, deadlines and leases. */
  monotonic(): number;
  /** Runs `fn` once after `ms`. The timer keeps the process alive. */
  setTimeout(fn: () => void, ms: number): Timer;
  /** Forgets a timer; a no-op when it has fired. */
  clearTimeout(timer: Timer): void;
}

/** Resolves after `ms`; rejects with the signal's reason as soon as `signal` aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
