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
  readonly namespace: string;
  /** Behind all others: it cannot start before somebody corrects something. */
  readonly blocked: boolean;
  /** A Deployment waits for it. The others anybody may have made, who may make Builds and nothing else. */
  readonly trusted: boolean;
  readonly since: string;
  readonly key: string;
}

export interface Running {
  readonly projectUid: string;
  readonly namespace: string;
}

/**
 * How many go before each that waits; 0 for those that may start. One whose Project is at its limit holds up nobody
 * else's.
 */
export function placesOf(
  waiting: readonly Waiting[],
  running: ReadonlyMap<string, Running>,
  limits: QueueLimits,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const ofProject = new Counts([...running.values()].map(({ projectUid }) => projectUid));
  let active = running.size;
  let behind = 0;
  for (const { uid, projectUid } of inTurn(waiting, running)) {
    const free = active < limits.total && ofProject.of(projectUid) < limits.ofProject(projectUid);
    if (free) {
      active += 1;
      ofProject.next(projectUid);
    } else behind += 1;
    places.set(uid, free ? 0 : behind);
  }
  return places;
}

/**
 * Namespaces take turns, and within each its Projects; of one Project what is trusted goes first, then the oldest. What runs counts as a turn
 * that was had, so that somebody who wants many builds at once has no more of them than anybody else who waits.
 */
function inTurn(waiting: readonly Waiting[], running: ReadonlyMap<string, Running>): Waiting[] {
  const projects = new Counts([...running.values()].map(({ projectUid }) => projectUid));
  const namespaces = new Counts([...running.values()].map(({ namespace }) => namespace));
  const byProject = waiting
    .toSorted((a, b) => before(a, b) || Number(b.trusted) - Number(a.trusted) || byAge(a, b))
    .map((build) => ({ build, turn: projects.next(build.projectUid) }));
  const byNamespace = byProject
    .toSorted((a, b) => before(a.build, b.build) || a.turn - b.turn || byAge(a.build, b.build))
    .map(({ build }) => ({ build, turn: namespaces.next(build.namespace) }));
  return byNamespace
    .toSorted((a, b) => before(a.build, b.build) || a.turn - b.turn || byAge(a.build, b.build))
    .map(({ build }) => build);
}

function before(a: Waiting, b: Waiting): number {
  return Number(a.blocked) - Number(b.blocked);
}

function byAge(a: Waiting, b: Waiting): number {
  return a.since.localeCompare(b.since) || a.key.localeCompare(b.key);
}

class Counts {
  private readonly counts = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const name of names) this.next(name);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** How many there were before this one. */
  next(name: string): number {
    const count = this.of(name);
    this.counts.set(name, count + 1);
    return count;
  }
}

export function waitingOf(build: Stored<Build>, projectUid: string): Waiting {
  const { uid, namespace = '', name, creationTimestamp = '' } = build.metadata;
  const blocked = findCondition(build.status?.conditions ?? [], 'Ready')?.status === 'False';
  const trusted = build.status?.trust === 'Trusted';
  return { uid, projectUid, namespace, blocked, trusted, since: creationTimestamp, key: `${namespace}/${name}` };
}

/** A volume can be mounted by one BuildKit at a time. */
export function projectLimit(project: Project | undefined, { cached }: { cached: boolean }): number {
  return cached ? 1 : (project?.spec.builds.maxConcurrent ?? 1);
}
