import type { ShiftInput, ShiftSide } from './shift.ts';

/** Percent of the traffic by release; together 100. */
export type Weights = ReadonlyMap<number, number>;

/**
 * The one gate that every change of traffic goes through: forward, back, and when replicas are lost. A release gets
 * traffic only for as much as its replicas cover, and what has none gets nothing as long as another one may serve.
 */
export function gate(input: ShiftInput): Weights {
  const sides = shiftSides(input);
  return withoutDead(given(sides, input), sides, input);
}

export function shiftSides({ next, from, warm, others }: ShiftInput): ShiftSide[] {
  return [next, from, warm?.side, ...others].filter((side) => side !== undefined);
}

/** What sides may gain is taken from those that have too much: first from what is to end. */
function given(sides: readonly ShiftSide[], input: ShiftInput): Map<number, number> {
  const weights = new Map(sides.map(({ release, weight }) => [release, weight]));
  const target = (side: ShiftSide) => targetOf(side, input);
  let taken = 0;
  for (const side of sides.filter((each) => target(each) > each.weight)) {
    const granted = grantedTo(side, target(side), sides, input);
    taken += granted - side.weight;
    weights.set(side.release, granted);
  }
  for (const side of sides.toReversed()) {
    const given = Math.min(taken, Math.max(0, side.weight - target(side)));
    taken -= given;
    if (given > 0) weights.set(side.release, side.weight - given);
  }
  return weights;
}

function targetOf({ release, weight }: ShiftSide, { stage, next, from, paused }: ShiftInput): number {
  if (paused && from !== undefined) return weight;
  if (release === next.release) return from === undefined ? 100 : stage.weight;
  return release === from?.release ? 100 - stage.weight : 0;
}

function grantedTo(side: ShiftSide, target: number, sides: readonly ShiftSide[], input: ShiftInput): number {
  const { desired, goingBack, splits } = input;
  if (side.isUnseen === true) return side.weight;
  const isProven = side.release === provenOf(side, input).release;
  const able = isProven ? side.ready : side.available;
  const cover = desired === 0 ? 100 : Math.min(100, Math.floor((100 * able) / desired));
  if (cover >= target || (side.ready > 0 && !sides.some((other) => other !== side && isServing(other)))) return target;
  if (!isProven || side.ready === 0) return side.weight;
  // An emergency does not wait for capacity: all at once where traffic cannot be split, otherwise what is covered.
  if (!splits) return goingBack ? target : side.weight;
  return Math.max(side.weight, cover, 1);
}

/** Both, where a person goes back from one that served to one that did before. */
function provenOf(side: ShiftSide, { next, from, goingBack, hasServed }: ShiftInput): ShiftSide {
  if (hasServed === true && side === next) return next;
  return goingBack ? next : (from ?? next);
}

function isServing({ weight, ready }: ShiftSide): boolean {
  return weight > 0 && ready > 0;
}

/** What was given up or was never to have traffic does not gain by the death of another one. */
function withoutDead(weights: Map<number, number>, sides: readonly ShiftSide[], input: ShiftInput): Weights {
  const { next, from, warm, goingBack, stage } = input;
  const mayServe = goingBack || from === undefined || stage.weight > 0 || next.weight > 0;
  const heirs = [
    ...(goingBack || from === undefined ? [] : [from]),
    ...(mayServe ? [next] : []),
    ...(warm ? [warm.side] : []),
  ];
  const heir = heirs.find(({ ready, isUnseen }) => ready > 0 && isUnseen !== true);
  if (heir === undefined) return weights;
  for (const { release } of sides.filter(({ ready }) => ready === 0)) {
    weights.set(heir.release, (weights.get(heir.release) ?? 0) + (weights.get(release) ?? 0));
    weights.set(release, 0);
  }
  return weights;
}
