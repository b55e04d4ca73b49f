import { limitsOf } from '../../rollout/rolling/limits.ts';
import { shiftSides } from '../../rollout/shift/gate.ts';
import { isReached, type ShiftInput } from '../../rollout/shift/shift.ts';
import type { Intent, Observation, Side } from '../target.ts';
import type { Diagnosis } from './diagnosis/diagnosis.ts';
import { rollingOf, sizesFor } from './sizes.ts';
import { isCurrent, type ReleaseView, replicasOf, type View } from './view.ts';

/** The furthest that a rollout came. A replica that comes and goes again and again is no progress. */
export interface Furthest {
  readonly rollout: string;
  readonly replicas: number;
  readonly available: number;
  readonly left: number;
}

/** What is known beside the replicas. */
export interface Known {
  readonly diagnosis?: Diagnosis | undefined;
  readonly memory?: Furthest | undefined;
  /** Where traffic is moved by itself. */
  readonly shift?: ShiftInput | undefined;
}

export function observationOf(view: View, intent: Intent, known: Known = {}) {
  const { diagnosis, shift } = known;
  const furthest = furthestOf(view, intent, known);
  const { replicas, available, left } = furthest;
  const outcome = outcomeOf(view, intent, known);
  return {
    outcome,
    ...(diagnosis === undefined || outcome === 'Succeeded' ? {} : { reason: diagnosis.reason }),
    message: messageOf(view, intent, outcome, known),
    sides: sidesOf(view, shift),
    progress: `${furthest.rollout} ${replicas}-${available}-${left}`,
    available: isAvailable(view, intent, shift),
    memory: furthest,
  } satisfies Observation;
}

function outcomeOf(view: View, intent: Intent, { diagnosis, shift }: Known): Observation['outcome'] {
  const { next, others } = view;
  const { replicas, stage } = intent;
  if (next.taken !== undefined) return 'Superseded';
  if (diagnosis?.final === true) return 'Failed';
  if (shift !== undefined) return isSettled(next) && isReached(shift) ? 'Succeeded' : 'Running';
  if (stage !== undefined) return hasItsShare(view, intent) ? 'Succeeded' : 'Running';
  const alone = others.every((other) => existing(other) === 0 && replicasOf(other) === 0);
  if (!alone) return 'Running';
  return isComplete(next, replicas) ? 'Succeeded' : 'Running';
}

/** A release of which no replica was ever wanted has nothing to wait for. */
function isSettled(view: ReleaseView): boolean {
  return view.set === undefined || isCurrent(view);
}

/** Where traffic goes by replicas: every release has the size that it is to have. */
function hasItsShare(view: View, intent: Intent): boolean {
  const sizes = sizesFor(view, intent);
  const sizeOf = ({ release }: ReleaseView) => sizes.get(release.number) ?? 0;
  const isSized = (each: ReleaseView) => [replicasOf(each), existing(each)].every((count) => count === sizeOf(each));
  return view.others.every(isSized) && isComplete(view.next, sizeOf(view.next));
}

function isComplete(view: ReleaseView, wanted: number): boolean {
  if (view.set === undefined) return wanted === 0;
  const { replicas, availableReplicas = 0 } = view.set.status ?? {};
  return isCurrent(view) && [replicasOf(view), replicas, availableReplicas].every((count) => count === wanted);
}

function messageOf(
  { next, others }: View,
  { replicas: desired, release, stage }: Intent,
  outcome: Observation['outcome'],
  { diagnosis, shift }: Known,
): string {
  const replicas = stage?.replicas ?? desired;
  if (outcome === 'Superseded') {
    return `ReplicaSet ${release.name} has another owner or selector by now: delete it, and it is made again`;
  }
  const ready = `${next.set?.status?.availableReplicas ?? 0} of ${replicas} replicas of release ${release.number} are available`;
  if (outcome === 'Succeeded') return ready;
  if (diagnosis !== undefined) return diagnosis.message;
  if (shift !== undefined) return `${ready}; ${shift.next.weight} of ${shift.stage.weight} % of the traffic go to it`;
  const left = others.reduce((total, other) => total + existing(other), 0);
  return left === 0 ? ready : `${ready}; ${left} of other releases are still there`;
}

function sidesOf({ next, others }: View, shift: ShiftInput | undefined): Side[] {
  const weights = new Map(shift && shiftSides(shift).map(({ release, weight }) => [release, weight]));
  const isSide = (view: ReleaseView) => existing(view) > 0 || (weights.get(view.release.number) ?? 0) > 0;
  return [next, ...others].filter(isSide).map((view) => sideOf(view, weights.get(view.release.number)));
}

function sideOf(view: ReleaseView, weight: number | undefined): Side {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = view.set?.status ?? {};
  const side = { release: view.release.number, replicas, ready: readyReplicas, available: availableReplicas };
  return weight === undefined ? side : { ...side, weight };
}

/** As apps/v1 counts: all but those that may be missing during a change; at least one, where any are wanted. */
function isAvailable(view: View, intent: Intent, shift: ShiftInput | undefined): boolean {
  const { fewestAvailable } = limitsOf(intent.replicas, rollingOf(intent));
  const serving = sidesOf(view, shift).filter(({ weight }) => weight !== 0);
  const available = serving.reduce((total, side) => total + side.available, 0);
  return intent.replicas === 0 || available >= Math.max(1, fewestAvailable);
}

function furthestOf({ next, others }: View, { release, stage }: Intent, { memory, shift }: Known): Furthest {
  // Not the wanted number: each change of an autoscaler would put off the deadline.
  const rollout = stage === undefined ? `${release.number}` : `${release.number}/${stage.weight}`;
  const replicas = existing(next);
  const { availableReplicas: available = 0 } = next.set?.status ?? {};
  const ending = shift === undefined ? others : others.filter(({ release: { number } }) => isEnding(number, shift));
  const left = ending.reduce((total, other) => total + existing(other), 0);
  if (memory?.rollout !== rollout) return { rollout, replicas, available, left };
  return {
    rollout,
    replicas: Math.max(replicas, memory.replicas),
    available: Math.max(available, memory.available),
    left: Math.min(left, memory.left),
  };
}

function isEnding(release: number, { others, from, goingBack }: ShiftInput): boolean {
  return others.some((side) => side.release === release) || (goingBack && from?.release === release);
}

function existing({ set }: ReleaseView): number {
  return set?.status?.replicas ?? 0;
}
