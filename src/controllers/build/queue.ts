import type { Build } from '../../crds/build/build.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Stored } from '../../kube/index.ts';

export interface QueueLimits {
  readonly total: number;
  ofProject(projectUid: string): number;
}

export interface Waiting {
  readonly uid: string;
  readonly projectUid: string;
  /** Behind all others: it cannot start before somebody corrects something. */
  readonly blocked: boolean;
  readonly since: string;
  readonly key: string;
}

/**
 * How many go before each that waits; 0 for those that may start. The oldest first, but one whose Project is at its limit
 * holds up nobody else's.
 */
export function placesOf(
  waiting: readonly Waiting[],
  running: ReadonlyMap<string, string>,
  limits: QueueLimits,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const active = new Map(running);
  const ofProject = (uid: string) =>
    active
      .values()
      .filter((projectUid) => projectUid === uid)
      .toArray().length;
  let behind = 0;
  for (const { uid, projectUid } of waiting.toSorted(byTurn)) {
    const free = active.size < limits.total && ofProject(projectUid) < limits.ofProject(projectUid);
    if (free) active.set(uid, projectUid);
    else behind += 1;
    places.set(uid, free ? 0 : behind);
  }
  return places;
}

function byTurn(a: Waiting, b: Waiting): number {
  if (a.blocked !== b.blocked) return a.blocked ? 1 : -1;
  return a.since.localeCompare(b.since) || a.key.localeCompare(b.key);
}

export function waitingOf(build: Stored<Build>, projectUid: string): Waiting {
  const { uid, namespace, name, creationTimestamp = '' } = build.metadata;
  const blocked = findCondition(build.status?.conditions ?? [], 'Ready')?.status === 'False';
  return { uid, projectUid, blocked, since: creationTimestamp, key: `${namespace}/${name}` };
}

/** A volume can be mounted by one BuildKit at a time. */
export function projectLimit(project: Project | undefined, { cached }: { cached: boolean }): number {
  return cached ? 1 : (project?.spec.builds.maxConcurrent ?? 1);
}
