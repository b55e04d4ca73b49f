import { adopt, controllerOf, type Informer } from '../../../kube/index.ts';
import { labels, manager } from '../../../objects/labels.ts';
import { deployments } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import { type ControllerRevision, controllerRevisions } from '../../../objects/workloads.ts';
import type { Look } from '../look.ts';
import { readRelease } from './revision.ts';

/** Index of revisions by the Deployment that they were made for, while nobody owns them. */
export const orphanIndex = 'orphan';

export function orphanKeys(revision: Read<ControllerRevision>): string[] {
  const { metadata } = revision;
  const { [labels.managedBy]: by, [labels.deployment]: of } = metadata.labels ?? {};
  const isFree = controllerOf(revision) === undefined;
  if (by !== manager || of === undefined || !isFree || metadata.deletionTimestamp !== undefined) return [];
  return [`${metadata.namespace}/${of}`];
}

/**
 * Takes back the releases of a Deployment that was deleted without what it owned. What they run is behind the Service of
 * their name all the same, and would stay there beside every newer release. True when there were some.
 */
export async function takeBackOrphans(look: Pick<Look, 'deployment' | 'stores' | 'client' | 'wrote' | 'signal'>) {
  const { deployment, stores, client, wrote, signal } = look;
  const found = orphansOf(stores.revisions, deployment);
  const owner = { resource: deployments, object: deployment };
  for (const object of found) {
    wrote(controllerRevisions, await adopt(client, { resource: controllerRevisions, object }, owner, { signal }));
  }
  return found.length > 0;
}

function orphansOf({ store }: Pick<Informer<ControllerRevision>, 'store'>, { metadata }: Look['deployment']) {
  const all = store.byIndex(orphanIndex, `${metadata.namespace}/${metadata.name}`);
  return all.filter((revision) => readRelease(revision) !== undefined);
}
