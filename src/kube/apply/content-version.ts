import type { StoredObject } from '../object/object.ts';
import { intentHash } from './intent.ts';

/**
 * Changes with everything that an intent can speak about. A status does not count: it changes much more often, mostly by
 * our own hand. The generation counts changes of everything but metadata and status; a kind without one has its version.
 */
export function contentVersion({ uid, generation, resourceVersion, ...metadata }: StoredObject['metadata']): string {
  if (generation === undefined) return `${uid} version ${resourceVersion}`;
  const { labels, annotations, ownerReferences, finalizers, deletionTimestamp } = metadata;
  // The server orders the keys of an owner in one way in whole objects and in another where only metadata is asked for.
  const fields = intentHash({ labels, annotations, ownerReferences, finalizers, deletionTimestamp });
  return `${uid} generation ${generation} ${fields}`;
}
