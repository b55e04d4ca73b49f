import type { KubeObject } from '../object/object.ts';
import type { Change, Predicate } from './change.ts';

/*
 * Predicates save reconciles, not memory or network: the informer holds the objects all the same. Adding and deleting
 * always pass.
 */

/**
 * The spec changed, or deletion began. It hides a status that somebody wiped, and it drops every update of a kind that
 * has no generation, such as ConfigMap.
 */
export const generationChanged: Predicate = updated(
  (old, object) => old.metadata.generation !== object.metadata.generation,
);

/** Something was written: drops what a resync or relist repeats. */
export const resourceVersionChanged: Predicate = updated(
  (old, object) => old.metadata.resourceVersion !== object.metadata.resourceVersion,
);

export const labelsChanged: Predicate = updated((old, object) => differ(old.metadata.labels, object.metadata.labels));

export const annotationsChanged: Predicate = updated((old, object) =>
  differ(old.metadata.annotations, object.metadata.annotations),
);

export function allOf<T extends KubeObject>(...predicates: Predicate<T>[]): Predicate<T> {
  return (change) => predicates.every((predicate) => predicate(change));
}

export function anyOf<T extends KubeObject>(...predicates: Predicate<T>[]): Predicate<T> {
  return (change) => predicates.some((predicate) => predicate(change));
}

/** Turns the answer round, for adding and deleting too. */
export function not<T extends KubeObject>(predicate: Predicate<T>): Predicate<T> {
  return (change) => !predicate(change);
}

function updated(changed: (old: KubeObject, object: KubeObject) => boolean): Predicate {
  return (change: Change) => change.type !== 'update' || changed(change.old, change.object);
}

function differ(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  if (a === b) return false;
  const keys = Object.keys(a);
  return keys.length !== Object.keys(b).length || keys.some((key) => a[key] !== b[key]);
}
