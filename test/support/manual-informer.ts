import type { Stored } from '../../src/kube/client/client.ts';
import type { Handler, Informer } from '../../src/kube/informer/handler.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/object/object.ts';

/** An informer that a test moves by hand: for what handlers do, not for how informers watch. */
export class ManualInformer<T extends KubeObject = KubeObject> {
  readonly handlers = new Set<Handler<T>>();
  private readonly filled = Promise.withResolvers<void>();
  private delivered = false;

  readonly informer: Informer<T> = {
    store: { get: () => undefined, list: () => [], byIndex: () => [], size: 0 },
    resourceVersion: undefined,
    addIndex: () => undefined,
    hasSynced: () => this.delivered,
    addHandler: (handler) => {
      this.handlers.add(handler);
      return { hasSynced: () => this.delivered, remove: () => void this.handlers.delete(handler) };
    },
    waitForSync: (signal) => {
      const aborted = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
      return Promise.race([this.filled.promise, aborted.promise]);
    },
  };

  /** The store is full; the handlers have not seen all of it yet. */
  fill(): void {
    this.filled.resolve();
  }

  /** The handlers have seen the first list. */
  deliver(...objects: Stored<T>[]): void {
    for (const handler of this.handlers) for (const object of objects) handler.onAdd(object, true);
    this.delivered = true;
  }

  each(act: (handler: Handler<T>) => void): void {
    this.handlers.forEach(act);
  }
}

/** A stored object: `anObject({ name: 'web', labels: {...} })`. */
export function anObject(metadata: ObjectMeta = {}): Stored<KubeObject> {
  return { metadata: { name: 'web', namespace: 'shop', uid: 'uid-1', resourceVersion: '1', ...metadata } };
}
