import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Informer } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import type { ControllerRevision } from '../../../objects/workloads.ts';
import { readRelease, type StoredRelease } from './revision.ts';

/** The releases of a Deployment, newest first. Needs the index `owner`. */
export function releasesOf(
  { store }: Pick<Informer<ControllerRevision>, 'store'>,
  { metadata: { uid } }: Read<Deployment>,
): StoredRelease[] {
  return store
    .byIndex('owner', uid)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(readRelease)
    .filter((release) => release !== undefined)
    .sort((a, b) => b.number - a.number);
}
