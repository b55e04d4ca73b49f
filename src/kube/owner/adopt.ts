import type { CallOptions, Client, Stored } from '../client/client.ts';
import { ifPresent } from '../client/if-present.ts';
import { KubeError } from '../errors/errors.ts';
import { objectKey } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import { isControlledBy, type Owner, withController } from './owner.ts';

/**
 * Makes `owner` the controller of an object that nobody controls. Reads the owner from the server first: the cache may
 * hold one that is gone or being deleted, and what it adopts would be deleted with it.
 */
export async function adopt<T extends KubeObject>(
  client: Pick<Client, 'get' | 'patch'>,
  child: { resource: Resource<T>; object: Stored<T> },
  owner: Owner,
  options: CallOptions = {},
): Promise<Stored<T>> {
  const { resource, object } = child;
  if (isControlledBy(object, owner.object)) return object;
  const { ownerReferences } = withController(object, owner).metadata;
  const attempted = `adopt ${resourceName(resource)} ${object.metadata.name}`;
  if (object.metadata.deletionTimestamp !== undefined) throw stale(attempted, 'the object is being deleted');
  const fresh = await client.get(owner.resource, objectKey(owner.object), options);
  if (fresh.metadata.uid !== owner.object.metadata.uid) throw stale(attempted, 'the owner is another one by now');
  if (fresh.metadata.deletionTimestamp !== undefined) throw stale(attempted, 'the owner is being deleted');
  return client.patch(
    resource,
    objectKey(object),
    { metadata: { ...identity(object), ownerReferences } },
    merge(options),
  );
}

/** Takes the reference to `owner` away; the object lives on without it. Undefined when the object is gone. */
export async function release<T extends KubeObject>(
  client: Pick<Client, 'patch'>,
  child: { resource: Resource<T>; object: Stored<T> },
  owner: Owner,
  options: CallOptions = {},
): Promise<Stored<T> | undefined> {
  const { resource, object } = child;
  const { ownerReferences: old = [] } = object.metadata;
  const ownerReferences = old.filter((reference) => reference.uid !== owner.object.metadata.uid);
  if (ownerReferences.length === old.length) return object;
  const patch = { metadata: { ...identity(object), ownerReferences } };
  return ifPresent(client.patch(resource, objectKey(object), patch, merge(options)));
}

/** With the version, because a merge patch replaces the whole list of references. */
function identity({ metadata: { uid, resourceVersion } }: Stored<KubeObject>) {
  return { uid, resourceVersion };
}

function merge(options: CallOptions) {
  return { ...options, type: 'merge' } as const;
}

/** As if the server had refused: look again. */
function stale(attempted: string, detail: string): KubeError {
  return new KubeError({ code: 'Conflict', attempted, detail });
}
