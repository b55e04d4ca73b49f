import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Store } from '../../kube/index.ts';
import type { ControllerRevision } from '../../objects/workloads.ts';
import { readRelease } from '../deployment/release/revision.ts';

/** Whether anything runs an image, may go back to it, or is about to run it. By digest: a copy elsewhere counts too. */
export type InUse = (digest: string) => boolean;

export interface UseStores {
  readonly deployments: Pick<Store<Deployment>, 'list'>;
  readonly revisions: Pick<Store<ControllerRevision>, 'list'>;
  readonly builds: Pick<Store<Build>, 'list'>;
}

/** Over all namespaces: who has a digest can run it anywhere. `surplus` are the Builds that would go. */
export function inUse({ deployments, revisions, builds }: UseStores, surplus: ReadonlySet<string>): InUse {
  const images = [
    ...deployments.list().map(({ spec }) => spec.source.image),
    ...deployments.list().flatMap(({ status }) => (status?.history ?? []).map(({ image }) => image)),
    // Its own record, which is there before the history tells of it and as long as the release can be run.
    ...revisions.list().map((revision) => readRelease(revision)?.image),
    ...builds.list().flatMap(({ metadata, status }) => (surplus.has(metadata.uid) ? [] : [status?.image])),
  ];
  const digests = new Set(images.map((image) => image?.split('@').at(1)));
  return (digest) => digests.has(digest);
}
