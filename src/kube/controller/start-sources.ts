import type { Enqueue, Source, SourceContext } from './source.ts';

export interface StartOptions extends SourceContext {
  /** For messages. */
  controller: string;
  enqueue: Enqueue;
  timeoutMs: number;
}

/** Starts all sources at once, so that their lists overlap, and waits for each. Ends quietly when `signal` aborts. */
export async function startSources(sources: readonly Source[], options: StartOptions): Promise<void> {
  await Promise.all(sources.map((source) => startSource(source, options)));
}

async function startSource(source: Source, options: StartOptions): Promise<void> {
  const { controller, enqueue, clock, signal, timeoutMs } = options;
  if (signal.aborted) return;
  const what = `start the controller "${controller}": its source "${source.name}"`;
  const limit = Promise.withResolvers<void>();
  const tooLate = `${what} did not sync within ${timeoutMs / 1000} s. ${advice}`;
  const timer = clock.setTimeout(() => limit.reject(new Error(tooLate)), timeoutMs);
  const onStop = () => limit.resolve();
  signal.addEventListener('abort', onStop, { once: true });
  try {
    await Promise.race([limit.promise, begin(source, enqueue, { clock, signal }, what)]);
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', onStop);
  }
}

async function begin(source: Source, enqueue: Enqueue, context: SourceContext, what: string): Promise<void> {
  try {
    await source.start(enqueue, context);
  } catch (cause) {
    throw new Error(`${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

const advice =
  'Check that the API server is reachable and serves this kind, and that the operator may list and watch it.';
