import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';

/** What a reflector keeps equal to the server. Every call says which version of the server it leads to. */
export interface Target<T extends KubeObject> {
  /** The version that it holds; undefined until the first `replace`. */
  readonly resourceVersion: string | undefined;
  get(key: string): Stored<T> | undefined;
  /** Takes over the map. The new content is visible at once; the promise is for telling everyone about it. */
  replace(objects: Map<string, Stored<T>>, version: string): Promise<void>;
  put(key: string, object: Stored<T>, version: string): void;
  /** `object` is its last state. */
  delete(key: string, object: Stored<T>, version: string): void;
  /** Nothing has changed up to `version`. */
  advance(version: string): void;
}
