import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { controllerOf, isControlledBy, type Stored } from '../../../kube/index.ts';
import { labels } from '../../../objects/labels.ts';
import type { AppsDeployment, ReplicaSet } from '../../../objects/workloads.ts';
import { isMadeFor } from './wanted.ts';

/** What stands in the cluster, read anew. */
export interface Seen {
  /** What runs the release. */
  readonly set: Stored<ReplicaSet> | undefined;
  /** What is to run it, or somebody's object of that name. */
  readonly apps: Stored<AppsDeployment> | undefined;
}

export type Move =
  /** Make the apps/v1 Deployment. */
  | 'Create'
  /** Make it the owner of the ReplicaSet. */
  | 'Give'
  /** Until apps/v1 has found its newest ReplicaSet, it would make one. */
  | 'Wait'
  /** Let go of all else, and take the pause away. */
  | 'Resume'
  | 'Done'
  /** What was made for it is gone: the release is ours again, or nobody's. */
  | 'Lost'
  /** Somebody else has the name, or the ReplicaSet. */
  | 'Taken';

/** Follows from what stands there alone, so that a crash between any two writes goes on where it was. */
export function nextMove(deployment: Deployment, { set, apps }: Seen): Move {
  if (apps !== undefined && !isMadeFor(apps, deployment)) return 'Taken';
  if (apps?.metadata.deletionTimestamp !== undefined) return 'Wait';
  return apps === undefined ? without(set) : withApps(set, apps);
}

function without(set: Seen['set']): Move {
  if (set === undefined) return 'Lost';
  if (isOfRelease(set)) return 'Create';
  return controllerOf(set)?.kind === 'Deployment' ? 'Lost' : 'Taken';
}

function withApps(set: Seen['set'], apps: Stored<AppsDeployment>): Move {
  // Deleted by a person: apps/v1 makes it anew from the same template.
  if (set === undefined) return resumed(apps);
  if (isOfRelease(set)) return 'Give';
  if (!isControlledBy(set, apps)) return 'Taken';
  return hasNoticed(apps) ? resumed(apps) : 'Wait';
}

function resumed({ spec }: AppsDeployment): Move {
  return spec?.paused === true ? 'Resume' : 'Done';
}

/** Its owner is the release that it is labelled with. */
function isOfRelease(set: ReplicaSet): boolean {
  const owner = controllerOf(set);
  return owner?.kind === 'ControllerRevision' && owner.name === set.metadata.labels?.[labels.release];
}

/** Written by apps/v1 when it has found the ReplicaSet whose template is its own, and never without one. */
const revisionNote = 'deployment.kubernetes.io/revision';

function hasNoticed({ metadata, status }: Stored<AppsDeployment>): boolean {
  const isCurrent = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return isCurrent && metadata.annotations?.[revisionNote] !== undefined;
}
