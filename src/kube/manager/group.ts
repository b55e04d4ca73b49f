import type { Clock } from '../../seams/clock.ts';
import { boundedCall } from '../deadline/bounded-call.ts';
import type { Runnable } from './runnable.ts';

interface Running {
  runnable: Runnable;
  ended: Promise<void>;
}

/** The runnables of one stage: they start together and stop together. */
export class Group {
  private readonly runnables: Runnable[] = [];
  private readonly running = new Map<Runnable, Running>();
  private readonly stopSignal = new AbortController();
  private readonly onFailed: (runnable: Runnable, error: unknown) => void;

  constructor(onFailed: (runnable: Runnable, error: unknown) => void) {
    this.onFailed = onFailed;
  }

  add(runnable: Runnable): void {
    this.runnables.push(runnable);
  }

  start(): void {
    for (const runnable of this.runnables) {
      // In a turn of its own, so that one that throws at once is a failure like any other.
      const ended = Promise.resolve()
        .then(() => runnable.start(this.stopSignal.signal))
        .catch((error: unknown) => this.onFailed(runnable, error))
        .finally(() => this.running.delete(runnable));
      this.running.set(runnable, { runnable, ended });
    }
  }

  /** Rejects, naming those that are late, when not all are ready within `ms`. */
  async ready(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const late = new Set(this.runnables);
    const wait = async (runnable: Runnable, signal: AbortSignal) => {
      await runnable.ready?.(signal);
      late.delete(runnable);
    };
    try {
      const all = (signal: AbortSignal) => Promise.all(this.runnables.map((runnable) => wait(runnable, signal)));
      await boundedCall({ clock, ms, signal, what: 'wait until ready' }, all);
    } catch (error) {
      const names = [...late].map(({ name }) => `"${name}"`).join(', ');
      throw new Error(`start ${names}: not ready. Look for its own errors above.`, { cause: error });
    }
  }

  /** Tells all to end. Resolves with the names of those that have not ended after `ms`; empty when all have. */
  async stop(clock: Clock, ms: number): Promise<string[]> {
    this.abort();
    const all = Promise.all([...this.running.values()].map(({ ended }) => ended));
    await boundedCall({ clock, ms, what: 'stop' }, () => all).catch(() => undefined);
    return [...this.running.keys()].map(({ name }) => name);
  }

  /** Tells all to end and does not wait. */
  abort(): void {
    this.stopSignal.abort(new Error('the manager stops'));
  }
}
