import type { Weights } from '../../../rollout/shift/gate.ts';
import { shiftSides } from '../../../rollout/shift/gate.ts';
import type { ShiftInput, ShiftSide } from '../../../rollout/shift/shift.ts';

/**
 * A route of the user names two Services and no more, and their names stay: one leads to the release that serves, the other to
 * the one that comes. Which releases these are is moved behind the names, and only behind one that has no traffic.
 */
export interface PairState {
  /** Releases that the two Services lead to, by number; undefined as long as nobody has said. */
  readonly stable?: number | undefined;
  readonly next?: number | undefined;
  /** Percent of the traffic that the routes give to the second one. */
  readonly share: number;
  /** Whether the data plane has had time to see where each leads to. */
  readonly settled: { readonly stable: boolean; readonly next: boolean };
}

/** What the two are to lead to, and how the routes are to divide. */
export interface PairPlan {
  readonly stable: number;
  readonly next: number;
  readonly share: number;
}

/** Traffic by release, as the routes divide it now. */
export function pairWeights({ stable, next, share }: PairState, home: number): Weights {
  const first = stable ?? home;
  const second = next ?? first;
  return first === second
    ? new Map([[first, 100]])
    : new Map([
        [first, 100 - share],
        [second, share],
      ]);
}

/** One step nearer to `weights`, which are what the gate allows. The same answer twice means: wait, or the end. */
export function planPair(pair: PairState, weights: Weights, input: ShiftInput): PairPlan {
  const { stable, next } = leadsFor(pair, weights, input);
  const isMoved = next !== pair.next;
  if (isMoved && pair.share === 0) return { stable, next, share: 0 };
  if (stable === next) return { stable, next, share: pair.settled.stable && stable === pair.stable ? 0 : pair.share };
  // Nothing goes to who is not to have any, only because it stands behind the other name.
  if (pair.share === 100 && given(weights, stable) === 0) return { stable, next, share: 100 };
  const wanted = wantedShare({ stable, next }, weights, input);
  return { stable, next, share: shareTowards(wanted, pair, { stable, next }, input) };
}

/** A Service is led elsewhere only while it has no traffic. */
function leadsFor({ stable, next, share }: PairState, weights: Weights, input: ShiftInput) {
  const home = (input.goingBack ? input.next : (input.from ?? input.next)).release;
  const first = stable ?? home;
  const before = { stable: first, next: next ?? first };
  const leads = share === 100 ? freeStable(before, weights, input) : first;
  return { stable: leads, next: share === 0 ? freeNext(leads, weights, input) : before.next };
}

/** Of a release that is forgotten the gate says nothing, and nothing runs. */
function given(weights: Weights, release: number): number {
  return weights.get(release) ?? 0;
}

/**
 * Where the first is to have nothing any more and a third release a part, there is no name for the third yet: all goes to the
 * second, whose the most is, or else for a moment back to the first, so that it is led behind the name that gets free.
 */
function wantedShare({ stable, next }: Pick<PairPlan, 'stable' | 'next'>, weights: Weights, input: ShiftInput): number {
  const heir = heirOf(stable, weights, input);
  if (given(weights, stable) > 0 || given(weights, next) === 0 || heir === undefined) return given(weights, next);
  return heir === next ? 100 : 0;
}

function shareTowards(
  wanted: number,
  { share, settled }: PairState,
  { stable, next }: Pick<PairPlan, 'stable' | 'next'>,
  input: ShiftInput,
): number {
  if (wanted > share) return settled.next ? wanted : share;
  const isEmpty = readyOf(stable, input) === 0 && readyOf(next, input) > 0;
  return wanted < share && isEmpty ? share : wanted;
}

/** All goes to the other one. It takes the place of the first when the rollout is over, and so does who is to have a share. */
function freeStable({ stable, next }: Pick<PairPlan, 'stable' | 'next'>, weights: Weights, input: ShiftInput): number {
  if (input.from === undefined && weights.get(next) === 100) return next;
  if (given(weights, stable) > 0) return stable;
  return heirOf(next, weights, input) ?? stable;
}

/** An address that answers: who is to have a share, what comes or leaves, what is kept warm, and otherwise what serves. */
function freeNext(stable: number, weights: Weights, input: ShiftInput): number {
  const { next, from, warm } = input;
  const candidates = [next, from, warm?.side].filter((side) => side !== undefined);
  const answering = candidates.find(({ release, ready }) => release !== stable && ready > 0)?.release;
  return heirOf(stable, weights, input) ?? answering ?? stable;
}

/** Who can serve and is to have most of the traffic, beside one that has its place already. */
function heirOf(beside: number, weights: Weights, input: ShiftInput): number | undefined {
  const heirs = shiftSides(input).filter(
    ({ release, ready }) => release !== beside && ready > 0 && given(weights, release) > 0,
  );
  return heirs.toSorted((a, b) => given(weights, b.release) - given(weights, a.release))[0]?.release;
}

function readyOf(release: number, input: ShiftInput): number {
  return shiftSides(input).find((side: ShiftSide) => side.release === release)?.ready ?? 0;
}
