import { controllerOf, isControlledBy, type Stored } from '../../../kube/index.ts';
import type { AppsDeployment, Autoscaler, PodTemplate, ReplicaSet } from '../../../objects/workloads.ts';

/** What apps/v1 tells the ReplicaSets of one Deployment apart by. */
export const hashLabel = 'pod-template-hash';

/** ReplicaSets of an apps/v1 Deployment that have or want pods; also what it left when it was deleted without them. */
export function setsOf(
  name: string,
  owner: Stored<AppsDeployment> | undefined,
  sets: readonly Stored<ReplicaSet>[],
): Stored<ReplicaSet>[] {
  return sets.filter((set) => {
    const { deletionTimestamp, labels, name: own } = set.metadata;
    if (deletionTimestamp !== undefined || sizeOf(set) === 0) return false;
    const controller = controllerOf(set);
    if (controller !== undefined) return controller.uid === owner?.metadata.uid;
    // Nobody's, and called as apps/v1 calls those of a Deployment of this name.
    return own === `${name}-${labels?.[hashLabel]}`;
  });
}

/**
 * What apps/v1 keeps of earlier releases. It scales also while it is paused: as soon as it owns no pods any more, it would start
 * the newest of these in their place, an old version behind the Service of the user.
 */
export function emptySetsOf(owner: Stored<AppsDeployment>, sets: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet>[] {
  if (owner.metadata.deletionTimestamp !== undefined) return [];
  return sets.filter((set) => sizeOf(set) === 0 && isControlledBy(set, owner));
}

export function sizeOf({ spec, status }: ReplicaSet): number {
  return Math.max(spec?.replicas ?? 0, status?.replicas ?? 0);
}

/** Whether apps/v1 has been told that it is paused, and has taken note: until then it would make what it misses anew. */
export function isAtRest({ metadata, spec, status }: Stored<AppsDeployment>): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  return spec?.paused === true && (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

/** Whether it runs pods, by its own count, or is about to. */
export function isSecondOwner(owner: Stored<AppsDeployment>): boolean {
  const runs = owner.metadata.deletionTimestamp === undefined && (owner.status?.replicas ?? 0) > 0;
  return runs || startsPods(owner);
}

/** Whether nothing keeps it from making pods. */
export function startsPods({ metadata, spec }: Stored<AppsDeployment>): boolean {
  return metadata.deletionTimestamp === undefined && spec?.paused !== true && (spec?.replicas ?? 1) > 0;
}

/** An autoscaler that goes on to scale what has no pods any more. */
export function autoscalerOf(name: string, autoscalers: readonly Stored<Autoscaler>[]): string | undefined {
  const found = autoscalers.find(({ spec: { scaleTargetRef } }) => {
    const { apiVersion = 'apps/v1', kind, name: scaled } = scaleTargetRef;
    return apiVersion.startsWith('apps/') && kind === 'Deployment' && scaled === name;
  });
  return found?.metadata.name;
}

/** What Services of the user find the pods by. */
export function labelsToKeep({ metadata }: PodTemplate): Record<string, string> {
  const { [hashLabel]: _, ...labels } = metadata?.labels ?? {};
  return labels;
}
