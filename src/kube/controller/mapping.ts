import type { Stored } from '../client/client.ts';
import { formatKey, keyOf } from '../object/key.ts';
import type { KubeObject, OwnerReference } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

/** From an object to the keys that its change concerns. Pure, and quick: it runs for every event. */
export type Mapper<T extends KubeObject = KubeObject> = (object: Stored<T>) => readonly string[];

/** The object itself. */
export function ownKey(object: KubeObject): string[] {
  return [keyOf(object)];
}

export interface OwnerOptions {
  /** Only the owner that controls the object. Default true; with false every owner of the kind is looked at. */
  controllerOnly?: boolean;
}

/** The owners of one kind, in whatever version the reference names. */
export function ownersOf(
  { group, kind, namespaced }: Pick<Resource, 'group' | 'kind' | 'namespaced'>,
  { controllerOnly = true }: OwnerOptions = {},
): Mapper {
  const isOwner = (owner: OwnerReference) =>
    owner.kind === kind && groupOf(owner.apiVersion) === group && (!controllerOnly || owner.controller === true);
  return ({ metadata: { namespace, ownerReferences = [] } }) =>
    ownerReferences
      .filter(isOwner)
      .map(({ name }) => formatKey(namespaced && namespace !== undefined ? { namespace, name } : { name }));
}

/** Undefined for text that is no apiVersion: a reference is written by anybody. */
function groupOf(apiVersion: string): string | undefined {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return undefined;
  return parts.length === 2 ? parts[0] : '';
}
