import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';

/**
 * The values under which an object is found. It must give the same values for the same object every time: they are asked
 * for again when the object leaves the index.
 */
export type IndexFunction<T extends KubeObject> = (object: Stored<T>) => readonly string[];

export function byNamespace({ metadata }: KubeObject): readonly string[] {
  return metadata.namespace === undefined ? [] : [metadata.namespace];
}

/** UIDs of all owners: finds the children of an object, and never those of another one that had the same name. */
export function byOwnerUid({ metadata }: KubeObject): readonly string[] {
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}
