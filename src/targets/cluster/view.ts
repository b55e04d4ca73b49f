import type { Deployment } from '../../crds/deployment/deployment.ts';
import { isControlledBy, keyOf, type Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';
import { annotations, labels } from '../../objects/labels.ts';
import type { ReplicaSet } from '../../objects/workloads.ts';
import type { Release } from '../../rollout/release.ts';
import type { Intent } from '../target.ts';
import { type ClusterInformers, podsOf } from './informers.ts';
import { adoptedSet, setNameOf } from './replica-set.ts';
import { releaseSelector } from './selectors.ts';

/** One release as the caches show it. */
export interface ReleaseView {
  readonly release: Release;
  /** Absent where there is none, or one that is being deleted. */
  readonly set?: Stored<ReplicaSet>;
  /** A ReplicaSet of the release's name that is not the release's any more. */
  readonly taken?: Stored<ReplicaSet>;
  /** Also those that are ending. */
  readonly pods: readonly Stored<Pod>[];
}

/** What there is of a Deployment: the release that is to serve, and the others in the order in which they are given up. */
export interface View {
  readonly next: ReleaseView;
  readonly others: readonly ReleaseView[];
}

export function viewOf(informers: ClusterInformers, deployment: Deployment, intent: Intent): View {
  const look = (release: Release) => releaseViewOf(informers, deployment, release);
  return { next: look(intent.release), others: inOrder(intent).map(look) };
}

export function releaseViewOf(informers: ClusterInformers, deployment: Deployment, release: Release): ReleaseView {
  const pods = podsOf(informers, keyOf(deployment));
  return {
    release,
    ...standing(informers, deployment, release),
    pods: pods.filter(({ metadata }) => metadata.labels?.[labels.release] === release.name),
  };
}

/** The oldest first; the one that serves until the new one can is the last to go. */
function inOrder({ release, from, warm, others }: Intent): Release[] {
  const unproven = others.filter(({ name }) => name !== from?.name && name !== release.name);
  const serving = from === undefined || from.name === release.name ? [] : [from];
  const kept = warm === undefined ? [] : [warm.release];
  return [...unproven.toSorted((a, b) => a.number - b.number), ...kept, ...serving];
}

function standing({ replicaSets }: ClusterInformers, deployment: Deployment, release: Release) {
  const set = replicaSets.store.get(keyOf({ metadata: { ...namespaceOf(deployment), name: setNameOf(release) } }));
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return {};
  return isOf(set, deployment, release) ? { set } : { taken: set };
}

/** By UID, and by its selector: with another one it would count and delete pods of others. */
export function isOf(set: ReplicaSet, deployment: Deployment, release: Release): boolean {
  const selected = Object.entries(set.spec?.selector.matchLabels ?? {});
  const wanted = releaseSelector(deployment, release.name);
  if (!isControlledBy(set, { metadata: release })) return false;
  // One that was taken over keeps the selector that it had, which nobody can change.
  if (adoptedSet(release)?.uid === set.metadata.uid) return true;
  return selected.length === Object.keys(wanted).length && selected.every(([label, value]) => wanted[label] === value);
}

export function releasesOf({ next, others }: View): Release[] {
  return [next, ...others].map(({ release }) => release);
}

/** Asked for. */
export function replicasOf({ set }: ReleaseView): number {
  return set?.spec?.replicas ?? 0;
}

/** Pods that run, will run or are still ending. One that was evicted stays behind as an object, and runs nowhere. */
export function livePods({ pods }: ReleaseView): Stored<Pod>[] {
  return pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
}

/** Nothing of a status that is about an older specification counts. */
export function isCurrent({ set }: ReleaseView): boolean {
  return set !== undefined && set.status?.observedGeneration === set.metadata.generation;
}

export function sizedForOf({ set }: ReleaseView): number | undefined {
  if (set === undefined) return undefined;
  const noted = Number(set.metadata.annotations?.[annotations.sizedFor]);
  return Number.isInteger(noted) ? noted : (set.spec?.replicas ?? 0);
}

function namespaceOf({ metadata: { namespace } }: Deployment) {
  return namespace === undefined ? {} : { namespace };
}
