import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Project } from '../../../crds/project/project.ts';
import type { Predicate } from '../../../kube/controller/change.ts';
import type { Source } from '../../../kube/controller/source.ts';
import { type Informer, informerSource, keyOf } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import { holdsPlace } from '../../../rollout/engine/queue.ts';
import { Line } from '../../queue/line.ts';
import type { Running, Waiting } from '../../queue/places.ts';

interface TurnsParts {
  readonly deployments: Informer<Deployment>;
  readonly projects: Pick<Informer<Project>, 'store'>;
  readonly maxConcurrent: number;
  readonly now: () => Date;
}

type Seen = Read<Deployment>;

const busy = 'rollout';

/** Which rollouts may begin. A rollout has its place by its status, so that a restart neither loses nor adds one. */
export class Turns {
  private readonly parts: TurnsParts;
  private readonly line: Line;

  constructor(parts: TurnsParts) {
    this.parts = parts;
    const { deployments, maxConcurrent: total } = parts;
    deployments.addIndex(busy, (deployment) => [
      ...(isIn(deployment) ? ['in'] : []),
      ...(waits(deployment) ? ['waits'] : []),
    ]);
    this.line = new Line({
      total,
      waiting: () => this.those('waits').map((deployment) => this.waitingOf(deployment)),
      running: () =>
        new Map(this.those('in').map((each): [string, Running] => [each.metadata.uid, this.waitingOf(each)])),
      limits: () => (project) => this.limitOf(project),
      isOpen: ({ uid, key }) => deployments.store.get(key)?.metadata.uid === uid,
    });
  }

  /** How many go before a rollout of this Deployment that begins now. With 0 it has a place, also before that is written. */
  enter(deployment: Seen): number {
    return this.line.enter(this.waitingOf(deployment), this.limitOf(projectOf(deployment)));
  }

  /** What the caches show of it is all that was written: from here on that counts. */
  settle({ metadata }: Seen): void {
    if (this.line.has(metadata.uid)) this.line.leave(metadata.uid);
  }

  /** Keys of those that wait and could begin now. */
  next(): string[] {
    return this.line.next();
  }

  private those(what: 'in' | 'waits'): Seen[] {
    return this.parts.deployments.store.byIndex(busy, what);
  }

  private waitingOf(deployment: Seen): Waiting {
    const { uid, namespace = '' } = deployment.metadata;
    const since = deployment.status?.queued?.since ?? this.parts.now().toISOString();
    const projectUid = projectOf(deployment);
    return {
      uid,
      projectUid,
      namespace,
      blocked: isBlocked(deployment),
      preferred: false,
      since,
      key: keyOf(deployment),
    };
  }

  /** Of one that is of no Project only the whole is limited. */
  private limitOf(project: string): number {
    return this.parts.projects.store.get(project)?.spec.maxConcurrentRollouts ?? Number.POSITIVE_INFINITY;
  }
}

/** Wakes who may begin by what became of another one. */
export function turnSource({ deployments: informer }: Pick<TurnsParts, 'deployments'>, turns: Turns): Source {
  return informerSource({ name: 'turns', informer, map: () => turns.next(), when: opensTurn });
}

const opensTurn: Predicate<Deployment> = (change) => {
  if (change.type === 'add') return false;
  const had = change.type === 'delete' ? change.object : change.old;
  const has = change.type === 'delete' ? undefined : change.object;
  if (has !== undefined && isIn(has)) return false;
  return isIn(had) || (waits(had) && (has === undefined || !waits(has)));
};

/** Nothing goes on where it is being deleted, which may take for ever where its place is lost. */
function isIn({ metadata, spec, status }: Seen): boolean {
  return metadata.deletionTimestamp === undefined && holdsPlace(status?.rollout, spec.paused);
}

function waits({ metadata, status }: Seen): boolean {
  return status?.queued !== undefined && metadata.deletionTimestamp === undefined;
}

/** Something else has to come first, such as its Build or a person. */
function isBlocked({ status }: Seen): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'RolloutQueued') === false;
}

/** Its key, which no other Project has while it exists. */
function projectOf({ metadata, spec }: Seen): string {
  return `${metadata.namespace}/${spec.projectRef?.name ?? ''}`;
}
