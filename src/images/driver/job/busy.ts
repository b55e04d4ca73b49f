import { type Trust, trustLevels } from '../../../crds/build/status.ts';
import type { KubeObject } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import type { Job } from '../../../objects/workloads.ts';
import type { Busy } from '../driver.ts';
import { type BuildNamespace, type BuildNamespaces, byJob } from './build-namespaces.ts';

/** By the UIDs of their Builds, what runs or may begin to run. */
export function busyBuilds(seen: BuildNamespaces): ReadonlyMap<string, Busy> {
  return new Map(trustLevels.flatMap((trust) => busyIn(seen[trust]).map((one) => ownersOf(one, trust))));
}

/** A pod that is told to end may still hold the Project's volume. */
function busyIn({ jobs, pods }: BuildNamespace): (Job | Pod)[] {
  const withoutPod = jobs.store
    .list()
    .filter((job) => !hasEnded(job) && pods.store.byIndex(byJob, nameOf(job)).length === 0);
  return [...withoutPod, ...pods.store.list().filter((pod) => !isQuiet(pod))];
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? '';
}

function hasEnded({ status }: Job): boolean {
  const ends = (status?.conditions ?? []).filter(({ type }) => type === 'Complete' || type === 'Failed');
  return ends.some(({ status: holds }) => holds === 'True');
}

/** The phase follows the containers' end by seconds; the volume is free as soon as they have ended. */
function isQuiet({ status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const containers = status?.containerStatuses ?? [];
  return containers.length > 0 && containers.every(({ state }) => state?.terminated !== undefined);
}

function ownersOf({ metadata }: KubeObject, trust: Trust): [string, Busy] {
  return [metadata.labels?.[labels.buildUid] ?? '', { projectUid: metadata.labels?.[labels.projectUid] ?? '', trust }];
}
