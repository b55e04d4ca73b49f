import type { KubeObject } from './object.ts';

/** Where an object lives. A cluster-scoped object has no namespace. */
export interface ObjectKey {
  namespace?: string;
  name: string;
}

/** `namespace/name`, or `name` alone when cluster-scoped: the form in which caches and queues hold keys. */
export function keyOf(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The key of a stored object, for calls on it. */
export function objectKey({ metadata: { namespace, name } }: { readonly metadata: ObjectKey }): ObjectKey {
  return namespace ? { namespace, name } : { name };
}

export function formatKey({ namespace, name }: ObjectKey): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function parseKey(key: string): ObjectKey {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
