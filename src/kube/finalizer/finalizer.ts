import type { CallOptions, Client, Stored } from '../client/client.ts';
import { ifPresent } from '../client/if-present.ts';
import { objectKey } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

export type FinalizerClient = Pick<Client, 'patch'>;

export function hasFinalizer(object: KubeObject, name: string): boolean {
  return object.metadata.finalizers?.includes(name) ?? false;
}

/**
 * Writes the list of finalizers as `change` makes it, or nothing when that is the list already. A merge patch with uid
 * and resourceVersion: a stale list is a Conflict, where the failed test of a JSON patch answers Invalid and cannot be
 * told from a refused value, and server-side apply would create an object again that is gone.
 */
export async function changeFinalizers<T extends KubeObject>(
  client: FinalizerClient,
  resource: Resource<T>,
  object: Stored<T>,
  { change, ...options }: CallOptions & { change: (finalizers: readonly string[]) => string[] },
): Promise<Stored<T>> {
  const { uid, resourceVersion, finalizers: old = [] } = object.metadata;
  const finalizers = change(old);
  if (finalizers.length === old.length && finalizers.every((name, index) => name === old[index])) return object;
  const patch = { metadata: { uid, resourceVersion, finalizers } };
  return client.patch(resource, objectKey(object), patch, { ...options, type: 'merge' });
}

/** Removes finalizers. Undefined when the object is gone: that is what their removal is for. */
export async function removeFinalizers<T extends KubeObject>(
  client: FinalizerClient,
  resource: Resource<T>,
  object: Stored<T>,
  { names, ...options }: CallOptions & { names: readonly string[] },
): Promise<Stored<T> | undefined> {
  const change = (finalizers: readonly string[]) => finalizers.filter((name) => !names.includes(name));
  return ifPresent(changeFinalizers(client, resource, object, { ...options, change }));
}
