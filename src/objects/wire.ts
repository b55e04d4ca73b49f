import type { KubeObject, Resource, StoredObject } from '../kube/index.ts';

/** A type of client-node as it travels: its models say Date where the wire has a string. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** An object of the API server's own kinds: `Fields` without what every object has. */
export type Wired<Fields> = KubeObject & Omit<Wire<Fields>, 'apiVersion' | 'kind' | 'metadata'>;

export type Read<T extends KubeObject> = T & StoredObject;

export function namespacedResource<T extends KubeObject>(
  group: string,
  version: string,
  kind: string,
  plural: string,
): Resource<T> {
  return { group, version, kind, plural, namespaced: true };
}
