import type { StoredObject } from '../object/object.ts';
import { intentHash } from './intent.ts';

type Words = Readonly<Record<string, string>>;

/** The labels and annotations that an intent has an opinion of. */
export interface Spoken {
  readonly labels?: Words | undefined;
  readonly annotations?: Words | undefined;
}

/**
 * Changes with everything that an intent speaks about. A status does not count: it changes much more often, mostly by our
 * own hand; nor does the label or annotation of somebody else. The generation counts changes of everything but metadata and
 * status; a kind without one has its version.
 */
export function contentVersion(
  { uid, generation, resourceVersion, ...metadata }: StoredObject['metadata'],
  spoken: Spoken,
): string {
  if (generation === undefined) return `${uid} version ${resourceVersion}`;
  const { ownerReferences, finalizers, deletionTimestamp } = metadata;
  const labels = ofThese(metadata.labels, spoken.labels);
  const annotations = ofThese(metadata.annotations, spoken.annotations);
  // The server orders the keys of an owner in one way in whole objects and in another where only metadata is asked for.
  const fields = intentHash({ labels, annotations, ownerReferences, finalizers, deletionTimestamp });
  return `${uid} generation ${generation} ${fields}`;
}

function ofThese(all: Words = {}, spoken: Words = {}): Words {
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(spoken, name)));
}
