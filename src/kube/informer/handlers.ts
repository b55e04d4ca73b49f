import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import type { StoreChange } from '../store/indexed-store.ts';
import type { Handler, HandlerRegistration } from './handler.ts';

interface Registered<T extends KubeObject> {
  readonly handler: Handler<T>;
  active: boolean;
  synced: boolean;
}

/** The handlers of one informer. What one of them throws reaches `onError` and no other handler. */
export class Handlers<T extends KubeObject> {
  private registered: readonly Registered<T>[] = [];
  private readonly onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.onError = onError;
  }

  /** `existing` is what the store holds when it was filled already; undefined when the initial list is still to come. */
  add(handler: Handler<T>, existing: readonly Stored<T>[] | undefined): HandlerRegistration {
    const entry: Registered<T> = { handler, active: true, synced: existing !== undefined };
    this.registered = [...this.registered, entry];
    for (const object of existing ?? []) this.tell(entry, (to) => to.onAdd(object, true));
    return { hasSynced: () => entry.synced, remove: () => this.remove(entry) };
  }

  /** A way to tell one after the other of many changes to those who are registered now: later ones know them already. */
  announcer(isInitialList: boolean): (change: StoreChange<T>) => void {
    const { registered } = this;
    return (change) => {
      for (const entry of registered) this.tell(entry, (handler) => announce(handler, change, isInitialList));
    };
  }

  /** Everyone who is registered has been given the whole initial list. */
  markSynced(): void {
    for (const entry of this.registered) entry.synced = true;
  }

  private tell(entry: Registered<T>, call: (handler: Handler<T>) => void): void {
    if (!entry.active) return;
    try {
      call(entry.handler);
    } catch (error) {
      this.onError(error);
    }
  }

  private remove(entry: Registered<T>): void {
    entry.active = false;
    this.registered = this.registered.filter((other) => other !== entry);
  }
}

function announce<T extends KubeObject>(handler: Handler<T>, { old, object }: StoreChange<T>, initial: boolean): void {
  if (old !== undefined && object !== undefined && old.metadata.uid === object.metadata.uid) {
    handler.onUpdate(old, object);
    return;
  }
  if (old !== undefined) handler.onDelete(old);
  if (object !== undefined) handler.onAdd(object, initial);
}
