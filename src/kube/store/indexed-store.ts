import type { Stored } from '../client/client.ts';
import type { Store } from '../informer/handler.ts';
import type { KubeObject } from '../object/object.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { IndexFunction } from './index-functions.ts';
import { StoreIndex } from './store-index.ts';

export interface IndexedStoreOptions {
  /**
   * Freeze every object that comes in. Costs about as much as parsing it. Default false: then a caller that changes what
   * it got changes it for everyone, unnoticed.
   */
  freeze?: boolean;
  /** Gets what an index function throws. */
  onIndexError: (index: string, error: unknown) => void;
}

/** What happened to one key: added without `old`, deleted without `object`. */
export interface StoreChange<T extends KubeObject> {
  readonly key: string;
  readonly old: Stored<T> | undefined;
  readonly object: Stored<T> | undefined;
}

/** All objects of one kind by key, and by the values of named indexes that are kept up with every change. */
export class IndexedStore<T extends KubeObject> implements Store<T> {
  private objects = new Map<string, Stored<T>>();
  private readonly indexes = new Map<string, StoreIndex<T>>();
  private readonly freeze: boolean;
  private readonly onIndexError: (index: string, error: unknown) => void;

  constructor({ freeze = false, onIndexError }: IndexedStoreOptions) {
    this.freeze = freeze;
    this.onIndexError = onIndexError;
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): Stored<T> | undefined {
    return this.objects.get(key);
  }

  list(): Stored<T>[] {
    return [...this.objects.values()];
  }

  byIndex(name: string, value: string): Stored<T>[] {
    const index = this.indexes.get(name);
    if (index === undefined)
      throw new Error(`look up ${value} in index ${name}: no such index. Declare it with addIndex`);
    const found: Stored<T>[] = [];
    for (const key of index.find(value)) {
      const object = this.objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** May come late: what is in the store already is indexed at once. Twice the same is once. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    const existing = this.indexes.get(name);
    if (existing?.valuesOf === valuesOf) return;
    if (existing !== undefined)
      throw new Error(`add index ${name}: it exists with another function. Choose another name`);
    const index = new StoreIndex(valuesOf, (error) => this.onIndexError(name, error));
    for (const [key, object] of this.objects) index.change(key, undefined, object);
    this.indexes.set(name, index);
  }

  put(key: string, object: Stored<T>): StoreChange<T> {
    const old = this.objects.get(key);
    this.objects.set(key, this.keep(object));
    return this.reindexed({ key, old, object });
  }

  delete(key: string): StoreChange<T> {
    const old = this.objects.get(key);
    this.objects.delete(key);
    return this.reindexed({ key, old, object: undefined });
  }

  /** Takes over `objects` as the whole content, and tells what that changed. */
  replace(objects: Map<string, Stored<T>>): StoreChange<T>[] {
    const before = this.objects;
    this.objects = objects;
    const changes: StoreChange<T>[] = [];
    for (const [key, old] of before) {
      if (!objects.has(key)) changes.push(this.reindexed({ key, old, object: undefined }));
    }
    for (const [key, object] of objects) {
      const old = before.get(key);
      if (old !== object) changes.push(this.reindexed({ key, old, object: this.keep(object) }));
    }
    return changes;
  }

  private keep(object: Stored<T>): Stored<T> {
    return this.freeze ? deepFreeze(object) : object;
  }

  private reindexed(change: StoreChange<T>): StoreChange<T> {
    for (const index of this.indexes.values()) index.change(change.key, change.old, change.object);
    return change;
  }
}
