import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import type { IndexFunction } from '../store/index-functions.ts';

/**
 * Gets every change of one kind, in order. An object that was deleted and made again under the same name comes as a
 * deletion and an addition, also when we saw only the last of it. Handlers only note which key to look at: no I/O, no waiting. What one throws
 * is caught, counted and logged, and never stops the others.
 */
export interface Handler<T extends KubeObject> {
  /** `isInitialList` is true for objects that existed when this handler was added. */
  onAdd(object: Stored<T>, isInitialList: boolean): void;
  /** After a resync or relist `old` and `object` may have the same resourceVersion. */
  onUpdate(old: Stored<T>, object: Stored<T>): void;
  /** `object` is the last state that we saw; the deletion itself may have been missed and noticed by a relist. */
  onDelete(object: Stored<T>): void;
}

/** A read-only view of all objects of one kind. What it returns is shared by all: never change it. */
export interface Store<T extends KubeObject> {
  get(key: string): Stored<T> | undefined;
  list(): Stored<T>[];
  /** Objects whose index function gave `value`; throws when no such index was declared. */
  byIndex(index: string, value: string): Stored<T>[];
  readonly size: number;
}

export interface HandlerRegistration {
  /** True when this handler has been given every object of the initial list. */
  hasSynced(): boolean;
  remove(): void;
}

/** One watch and one store per kind, shared by everyone who needs the kind. */
export interface Informer<T extends KubeObject> {
  readonly store: Store<T>;
  /**
   * Declares an index of the store. Whoever looks something up declares the index itself; the same one twice is once, and
   * what is in the store already is indexed at once.
   */
  addIndex(name: string, valuesOf: IndexFunction<T>): void;
  addHandler(handler: Handler<T>): HandlerRegistration;
  hasSynced(): boolean;
  /** Resolves when the store was filled once; rejects when `signal` aborts. */
  waitForSync(signal?: AbortSignal): Promise<void>;
  /** The newest version that the store is known to hold: what read-your-writes compares with. */
  readonly resourceVersion: string | undefined;
}
