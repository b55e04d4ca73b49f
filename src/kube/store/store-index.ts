import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import type { IndexFunction } from './index-functions.ts';

/** One named index: which keys have which value. A value without keys takes no memory. */
export class StoreIndex<T extends KubeObject> {
  private readonly keys = new Map<string, Set<string>>();
  readonly valuesOf: IndexFunction<T>;
  private readonly onError: (error: unknown) => void;

  /** `onError` gets what the index function throws; such an object is in the store but not in this index. */
  constructor(valuesOf: IndexFunction<T>, onError: (error: unknown) => void) {
    this.valuesOf = valuesOf;
    this.onError = onError;
  }

  find(value: string): ReadonlySet<string> {
    return this.keys.get(value) ?? none;
  }

  change(key: string, old: Stored<T> | undefined, object: Stored<T> | undefined): void {
    const before = this.values(old);
    const after = this.values(object);
    for (const value of before) if (!after.includes(value)) this.remove(value, key);
    for (const value of after) this.add(value, key);
  }

  private values(object: Stored<T> | undefined): readonly string[] {
    if (object === undefined) return [];
    try {
      return this.valuesOf(object);
    } catch (error) {
      this.onError(error);
      return [];
    }
  }

  private add(value: string, key: string): void {
    const keys = this.keys.get(value);
    if (keys === undefined) this.keys.set(value, new Set([key]));
    else keys.add(key);
  }

  private remove(value: string, key: string): void {
    const keys = this.keys.get(value);
    if (keys?.delete(key) && keys.size === 0) this.keys.delete(value);
  }
}

const none: ReadonlySet<string> = new Set();
