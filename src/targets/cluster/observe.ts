import { limitsOf } from '../../rollout/rolling/limits.ts';
import type { Intent, Observation, Side } from '../target.ts';
import type { Diagnosis } from './diagnosis/diagnosis.ts';
import { rollingOf } from './sizes.ts';
import { isCurrent, type ReleaseView, replicasOf, type View } from './view.ts';

/** The furthest that a rollout came. A replica that comes and goes again and again is no progress. */
export interface Furthest {
  readonly rollout: string;
  readonly replicas: number;
  readonly available: number;
  readonly left: number;
}

export function observationOf(
  view: View,
  intent: Intent,
  diagnosis: Diagnosis | undefined,
  memory: Furthest | undefined,
) {
  const furthest = furthestOf(view, intent, memory);
  const { replicas, available, left } = furthest;
  const outcome = outcomeOf(view, intent, diagnosis);
  return {
    outcome,
    ...(diagnosis === undefined || outcome === 'Succeeded' ? {} : { reason: diagnosis.reason }),
    message: messageOf(view, intent, outcome, diagnosis),
    sides: sidesOf(view),
    progress: `${furthest.rollout} ${replicas}-${available}-${left}`,
    available: isAvailable(view, intent),
    memory: furthest,
  } satisfies Observation;
}

function outcomeOf(
  { next, others }: View,
  { replicas }: Intent,
  diagnosis: Diagnosis | undefined,
): Observation['outcome'] {
  if (next.taken !== undefined) return 'Superseded';
  if (diagnosis?.final === true) return 'Failed';
  const alone = others.every((other) => existing(other) === 0 && replicasOf(other) === 0);
  if (!alone) return 'Running';
  return isComplete(next, replicas) ? 'Succeeded' : 'Running';
}

function isComplete(view: ReleaseView, wanted: number): boolean {
  if (view.set === undefined) return wanted === 0;
  const { replicas, availableReplicas = 0 } = view.set.status ?? {};
  return isCurrent(view) && [replicasOf(view), replicas, availableReplicas].every((count) => count === wanted);
}

function messageOf(
  { next, others }: View,
  { replicas, release }: Intent,
  outcome: Observation['outcome'],
  diagnosis: Diagnosis | undefined,
): string {
  if (outcome === 'Superseded') {
    return `ReplicaSet ${release.name} has another owner or selector by now: delete it, and it is made again`;
  }
  const ready = `${next.set?.status?.availableReplicas ?? 0} of ${replicas} replicas of release ${release.number} are available`;
  if (outcome === 'Succeeded') return ready;
  if (diagnosis !== undefined) return diagnosis.message;
  const left = others.reduce((total, other) => total + existing(other), 0);
  return left === 0 ? ready : `${ready}; ${left} of other releases are still there`;
}

function sidesOf({ next, others }: View): Side[] {
  return [next, ...others].filter((view) => existing(view) > 0).map(sideOf);
}

function sideOf(view: ReleaseView): Side {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = view.set?.status ?? {};
  return { release: view.release.number, replicas, ready: readyReplicas, available: availableReplicas };
}

/** As apps/v1 counts: all but those that may be missing during a change; at least one, where any are wanted. */
function isAvailable(view: View, intent: Intent): boolean {
  const { fewestAvailable } = limitsOf(intent.replicas, rollingOf(intent));
  const available = sidesOf(view).reduce((total, side) => total + side.available, 0);
  return intent.replicas === 0 || available >= Math.max(1, fewestAvailable);
}

function furthestOf(
  { next, others }: View,
  { release, replicas: wanted }: Intent,
  memory: Furthest | undefined,
): Furthest {
  const rollout = `${release.number}/${wanted}`;
  const replicas = existing(next);
  const { availableReplicas: available = 0 } = next.set?.status ?? {};
  const left = others.reduce((total, other) => total + existing(other), 0);
  if (memory?.rollout !== rollout) return { rollout, replicas, available, left };
  return {
    rollout,
    replicas: Math.max(replicas, memory.replicas),
    available: Math.max(available, memory.available),
    left: Math.min(left, memory.left),
  };
}

function existing({ set }: ReleaseView): number {
  return set?.status?.replicas ?? 0;
}
