import type { RollingStrategy } from '../../crds/strategy/strategy.ts';
import { type Limits, limitsOf } from './limits.ts';
import { resized } from './resize.ts';

/** One release at the place, as it was asked for and as it is. */
export interface RollingSide {
  readonly release: number;
  /** Asked for. */
  readonly replicas: number;
  /** Ready for minReadySeconds. May be behind what was asked for. */
  readonly available: number;
  /** The wanted number when `replicas` was decided; by it a change of the scale is noticed. Absent at the very first. */
  readonly sizedFor?: number;
}

export interface RollingInput {
  readonly desired: number;
  readonly strategy: RollingStrategy;
  /** The release that comes. */
  readonly next: RollingSide;
  /** All others, in the order in which they are given up. */
  readonly others: readonly RollingSide[];
  /** Nothing moves between releases; a change of the scale is still followed. */
  readonly paused: boolean;
}

/** Replicas to ask for, by release. */
export type Sizes = ReadonlyMap<number, number>;

/** The next sizes of one rolling update, in the meaning of apps/v1's Deployment. The same sizes mean: wait, or the end. */
export function nextSizes(input: RollingInput): Sizes {
  const { next, others, desired, strategy, paused } = input;
  const limits = limitsOf(desired, strategy);
  const sides = [next, ...others].map(believable);
  if (wasRescaled(sides, desired)) return resized(sides, limits, strategy);
  if (paused) return healed(sides, desired);
  return rolled(sides, limits);
}

function sizesOf(sides: readonly RollingSide[]): Map<number, number> {
  return new Map(sides.map(({ release, replicas }) => [release, replicas]));
}

/** A side that was just made smaller still reports replicas that are about to go. */
function believable(side: RollingSide): RollingSide {
  return { ...side, available: Math.min(side.available, side.replicas) };
}

function wasRescaled(sides: readonly RollingSide[], desired: number): boolean {
  return sides.some(({ replicas, sizedFor }) => replicas > 0 && sizedFor !== undefined && sizedFor !== desired);
}

/** The release that serves is given up last. Where it is gone altogether, by somebody's hand, it gets back what is missing. */
function healed(sides: readonly RollingSide[], desired: number): Sizes {
  const sizes = sizesOf(sides);
  const proven = sides.at(-1);
  const total = sum(sides, 'replicas');
  if (proven === undefined || (total > 0 && proven.sizedFor !== undefined)) return sizes;
  return sizes.set(proven.release, Math.max(proven.replicas, desired - total));
}

/**
 * Up as far as there is room above, down as far as availability allows, and up into the room that this made. Smaller sizes
 * are to be asked for first, so that the total stays below the limit also between two requests.
 */
function rolled(sides: readonly RollingSide[], limits: Limits): Sizes {
  const [next, ...others] = sides;
  if (next === undefined) return new Map();
  const grown = { ...next, replicas: grownNext(next, sum(sides, 'replicas'), limits) };
  const kept = shrunkOthers(grown, others, limits);
  const replicas = grownNext(grown, grown.replicas + sum(kept, 'replicas'), limits);
  return sizesOf([{ ...grown, replicas }, ...kept]);
}

function grownNext(next: RollingSide, total: number, { desired, most }: Limits): number {
  const room = Math.max(0, most - total);
  return Math.min(desired, next.replicas + room);
}

function shrunkOthers(next: RollingSide, others: readonly RollingSide[], limits: Limits): RollingSide[] {
  const { fewestAvailable } = limits;
  const total = next.replicas + sum(others, 'replicas');
  const nextMissing = next.replicas - Math.min(next.available, next.replicas);
  const cleaned = give(
    others,
    total - fewestAvailable - nextMissing,
    ({ replicas, available }) => replicas - available,
  );
  const taken = sum(others, 'replicas') - sum(cleaned, 'replicas');
  const spare = Math.min(next.available, next.replicas) + sum(others, 'available') - fewestAvailable;
  // Both bounds: what is cleaned away counts against the total, what is available against the fewest.
  const left = Math.min(spare, total - fewestAvailable - nextMissing - taken);
  return give(cleaned, left, ({ replicas }) => replicas);
}

/** Takes up to `budget` replicas from the sides in order, from each as many as `from` says. */
function give(sides: readonly RollingSide[], budget: number, from: (side: RollingSide) => number): RollingSide[] {
  let left = Math.max(0, budget);
  return sides.map((side) => {
    const taken = Math.min(left, Math.max(0, from(side)));
    left -= taken;
    return { ...side, replicas: side.replicas - taken };
  });
}

function sum(sides: readonly RollingSide[], field: 'replicas' | 'available'): number {
  return sides.reduce((total, side) => total + side[field], 0);
}
