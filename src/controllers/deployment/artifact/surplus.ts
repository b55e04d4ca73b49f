import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Project } from '../../../crds/project/project.ts';
import type { Informer } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import { buildState } from './builds.ts';

interface Stores {
  readonly builds: Pick<Informer<Build>, 'store'>;
  readonly deployments: Pick<Informer<Deployment>, 'store'>;
}

/** No more at once: each is a request, and the next Build takes up the rest. */
const mostAtOnce = 10;

/** Ended Builds of a Project beyond its limit, oldest first. What a release runs or somebody waits for stays. */
export function endedSurplus(
  project: Read<Project>,
  { builds, deployments }: Stores,
  most = mostAtOnce,
): Read<Build>[] {
  const { namespace = '', uid } = project.metadata;
  const ended = builds.store.byIndex('owner', uid).filter((build) => buildState(build) !== 'Running');
  const used = inUse(deployments.store.byIndex('namespace', namespace));
  return ended
    .sort((a, b) => creation(b) - creation(a))
    .slice(project.spec.builds.historyLimit)
    .filter(({ metadata, status }) => !used.has(metadata.name) && !used.has(status?.image ?? ''))
    .slice(-most);
}

function inUse(all: readonly Read<Deployment>[]): Set<string> {
  const names = all.flatMap(({ status }) => [
    ...(status?.build === undefined ? [] : [status.build]),
    ...(status?.history ?? []).flatMap(({ image }) => (image === undefined ? [] : [image])),
  ]);
  return new Set(names);
}

function creation({ metadata }: Read<Build>): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}
