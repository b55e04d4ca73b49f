import type { Enqueue, Source } from './source.ts';

/**
 * A source for what is no Kubernetes object: a webhook that came in, a poll that found something. It only says which key
 * to look at; the truth is read again by the reconcile.
 */
export class WakeSource implements Source {
  readonly name: string;
  private enqueue: Enqueue | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** A no-op while the controller does not run: when it starts, it looks at every key anyway. */
  readonly wake: Enqueue = (key, options) => this.enqueue?.(key, options);

  start(enqueue: Enqueue): Promise<void> {
    this.enqueue = enqueue;
    return Promise.resolve();
  }
}
