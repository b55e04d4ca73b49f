import type { KubeObject } from './object.ts';

/**
 * One kind on one API server, with the type of its objects. Declared by hand beside the code that uses it: discovery
 * would cost requests at every start to learn what the program knows already.
 */
export interface Resource<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in URLs, for example `replicasets`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: it only carries the type of the objects. */
  readonly objectType?: T;
}

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group ? `${group}/${version}` : version;
}

/** `replicasets.apps`, or `pods` in the core group: the form kubectl and metrics use. */
export function resourceName({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return group ? `${plural}.${group}` : plural;
}
