import type { Sizes } from '../rolling/rolling.ts';
import { gate, type Weights } from './gate.ts';

/** One release at the place. */
export interface ShiftSide {
  readonly release: number;
  /** Asked for. */
  readonly replicas: number;
  /** That exist, also those that are about to go. */
  readonly existing: number;
  /** Can serve now. */
  readonly ready: number;
  /** Ready for minReadySeconds. */
  readonly available: number;
  /** Percent of the traffic as it was last written; all sides together have 100. */
  readonly weight: number;
  /** What divides the traffic cannot lead to it yet, though it may be ready. */
  readonly isUnseen?: boolean;
}

export interface ShiftInput {
  readonly desired: number;
  /** What `next` is to get, and how large it is to be. */
  readonly stage: { readonly weight: number; readonly replicas: number };
  readonly next: ShiftSide;
  /** Gets what is left; the release that serves meanwhile, or on the way back the one that failed. */
  readonly from?: ShiftSide | undefined;
  readonly warm?: { readonly side: ShiftSide; readonly replicas: number } | undefined;
  /** To end. */
  readonly others: readonly ShiftSide[];
  /** What serves beside `next` failed or was taken back. */
  readonly goingBack: boolean;
  /** A person went back to `next`. */
  readonly hasServed?: boolean | undefined;
  /** Nothing moves between releases; a change of the scale is still followed. */
  readonly paused: boolean;
  /** True: any split. False: all or nothing. */
  readonly splits: boolean;
}

export interface Shift {
  readonly sizes: Sizes;
  readonly weights: Weights;
}

/** Sizes and traffic to ask for next. The same answer twice means: wait, or the end. */
export function shifted(input: ShiftInput): Shift {
  const weights = gate(input);
  const { desired, from, warm, next, others, goingBack } = input;
  /** Whoever has traffic before or after this step keeps what it serves with. */
  const serves = ({ release, weight }: ShiftSide) => weight > 0 || (weights.get(release) ?? 0) > 0;
  const ending = (side: ShiftSide) => (serves(side) || input.paused ? Math.min(side.replicas, desired) : 0);
  const sizes = new Map(others.map((side) => [side.release, ending(side)]));
  if (warm !== undefined) {
    const kept = serves(warm.side) ? Math.min(warm.side.replicas, desired) : 0;
    sizes.set(warm.side.release, Math.max(warm.replicas, kept));
  }
  if (from !== undefined) sizes.set(from.release, goingBack ? ending(from) : desired);
  return { weights, sizes: sizes.set(next.release, nextSize(next, input)) };
}

/** `next` has what its stage says, and nothing runs that should have ended. */
export function isReached(input: ShiftInput): boolean {
  const { next, from, others, stage, goingBack } = input;
  const size = nextSize(next, input);
  const isComplete = [next.replicas, next.existing, next.available].every((count) => count === size);
  const ending = goingBack && from !== undefined ? [...others, from] : others;
  const isTidy = ending.every(({ replicas, existing, weight }) => replicas + existing + weight === 0);
  const wanted = from === undefined ? 100 : stage.weight;
  // What a dead release had is no reason to wait, and then to give up the one that serves.
  const tookOver = from?.ready === 0 && next.weight > wanted;
  return isComplete && isTidy && (next.weight === wanted || tookOver);
}

/** Never smaller than what its traffic needs; one that still has more than it should keeps what it has until it has less. */
function nextSize({ replicas, weight }: ShiftSide, { desired, stage, paused, from }: ShiftInput): number {
  if (from === undefined) return desired;
  const needed = Math.ceil((weight * desired) / 100);
  if (paused) return Math.min(desired, Math.max(replicas, needed));
  return weight > stage.weight ? Math.min(desired, Math.max(stage.replicas, replicas, needed)) : stage.replicas;
}
