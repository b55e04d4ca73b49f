import type { Clock } from '../../seams/clock.ts';

export interface Deadline {
  /** Aborts when the time is up or the caller gave up, with the reason of either. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Takes the time limit away and leaves the caller's signal: an answer has begun that may last. */
  lift(): void;
  /** Forgets the timer and the caller's signal. */
  release(): void;
}

export interface DeadlineOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Makes the reason of a time-out. */
  reason: () => Error;
}

export function startDeadline(clock: Clock, { timeoutMs, signal, reason }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const end = clock.monotonic() + timeoutMs;
  const timer = clock.setTimeout(() => controller.abort(reason()), timeoutMs);
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const lift = () => clock.clearTimeout(timer);
  return {
    signal: controller.signal,
    remainingMs: () => end - clock.monotonic(),
    lift,
    release() {
      lift();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Waits for `work`, but no longer than `signal` allows. What `work` does goes on by itself. */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
