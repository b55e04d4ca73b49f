import type { KubeObject, ObjectMeta, OwnerReference } from '../object/object.ts';
import { apiVersionOf, type Resource } from '../object/resource.ts';

/** What a reference to an object says, and where that counts. */
export interface Identified {
  readonly metadata: Pick<ObjectMeta, 'namespace'> & { readonly name: string; readonly uid: string };
}

/** An object that owns others, with its kind: objects in lists do not name theirs. */
export interface Owner {
  resource: Resource;
  object: Identified;
}

/** The reference of the one owner that manages an object. */
export function controllerReference({ resource, object }: Owner): OwnerReference {
  const { name, uid } = object.metadata;
  const apiVersion = apiVersionOf(resource);
  return { apiVersion, kind: resource.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** By UID: an owner that was deleted and made again under its old name is another one. */
export function isControlledBy(
  object: KubeObject,
  { metadata: { uid } }: { readonly metadata: Pick<Identified['metadata'], 'uid'> },
): boolean {
  return controllerOf(object)?.uid === uid;
}

/** Whether `reference` is to a kind, in any version of its group. For mapping a child to the key of its owner. */
export function refersTo(reference: OwnerReference, { group, kind }: Pick<Resource, 'group' | 'kind'>): boolean {
  const slash = reference.apiVersion.indexOf('/');
  return reference.kind === kind && (slash < 0 ? '' : reference.apiVersion.slice(0, slash)) === group;
}

/**
 * A copy of `object` that `owner` controls. Throws when another one controls it, and when the garbage collector would
 * take the owner for missing and delete the object: an owner in a namespace owns only there.
 */
export function withController<T extends KubeObject>(object: T, owner: Owner): T {
  checkScope(object, owner);
  const current = controllerOf(object);
  const { uid } = owner.object.metadata;
  if (current && current.uid !== uid) {
    throw new AlreadyOwned(describe(object, owner), `${current.kind} "${current.name}" controls it already`);
  }
  const others = object.metadata.ownerReferences?.filter((reference) => reference.uid !== uid) ?? [];
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, controllerReference(owner)] } };
}

/** Another owner controls the object. Two controllers on one object would undo each other's work for ever. */
export class AlreadyOwned extends Error {
  override readonly name = 'AlreadyOwned';

  constructor(attempted: string, detail: string) {
    super(`${attempted}: ${detail}. Choose another name, or remove that reference.`);
  }
}

function checkScope(object: KubeObject, owner: Owner): void {
  const { namespace: ownerNamespace } = owner.object.metadata;
  const { namespace } = object.metadata;
  if (!owner.resource.namespaced || namespace === ownerNamespace) return;
  const where = namespace === undefined ? 'has no namespace' : `is in namespace "${namespace}"`;
  throw new Error(`${describe(object, owner)}: the owner is in namespace "${ownerNamespace}" but the object ${where}`);
}

function describe(object: KubeObject, { resource, object: { metadata } }: Owner): string {
  return `set ${resource.kind} "${metadata.name}" as controller of ${object.kind ?? 'object'} "${object.metadata.name ?? ''}"`;
}
