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
  /** Goes before the others of its Project. */
  readonly preferred: boolean;
  readonly since: string;
  readonly key: string;
  readonly holds?: string | undefined;
}

export interface Running {
  readonly projectUid: string;
  readonly namespace: string;
  /** What only one at a time can have, of all that name the same. */
  readonly holds?: string | undefined;
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
  const held = new Set([...running.values()].map(({ holds }) => holds));
  let active = running.size;
  let behind = 0;
  for (const { uid, projectUid, holds } of inTurn(waiting, running)) {
    const room = active < limits.total && ofProject.of(projectUid) < limits.ofProject(projectUid);
    const free = room && (holds === undefined || !held.has(holds));
    if (free) {
      active += 1;
      ofProject.next(projectUid);
      held.add(holds);
    } else behind += 1;
    places.set(uid, free ? 0 : behind);
  }
  return places;
}

/**
 * Namespaces take turns, and within each its Projects; of one Project what is preferred goes
 * first, then the oldest. What runs counts as a turn that was had, so that somebody who wants many at once has no more of
 * them than anybody else who waits.
 */
function inTurn(waiting: readonly Waiting[], running: ReadonlyMap<string, Running>): Waiting[] {
  const projects = new Counts([...running.values()].map(({ projectUid }) => projectUid));
  const namespaces = new Counts([...running.values()].map(({ namespace }) => namespace));
  const byProject = waiting
    .toSorted((a, b) => before(a, b) || Number(b.preferred) - Number(a.preferred) || byAge(a, b))
    .map((one) => ({ one, turn: projects.next(one.projectUid) }));
  const byNamespace = byProject
    .toSorted((a, b) => before(a.one, b.one) || a.turn - b.turn || byAge(a.one, b.one))
    .map(({ one }) => ({ one, turn: namespaces.next(one.namespace) }));
  return byNamespace
    .toSorted((a, b) => before(a.one, b.one) || a.turn - b.turn || byAge(a.one, b.one))
    .map(({ one }) => one);
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
