import type { Owner } from '../../kube/owner/owner.ts';
import { controllerRevisions } from '../../objects/workloads.ts';
import type { Release } from '../../rollout/release.ts';

/** The revision of a release owns what carries the release, so that it goes when the release leaves the history. */
export function ownerOf({ name, uid }: Pick<Release, 'name' | 'uid'>, namespace: string): Owner {
  return { resource: controllerRevisions, object: { metadata: { namespace, name, uid } } };
}
