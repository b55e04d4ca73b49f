import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { aStrategy, aTrafficMove, type TrafficView, TrafficWorld } from '../../../test/support/traffic-world.ts';
import { legAt } from '../engine/route.ts';
import type { ShiftSide } from './shift.ts';

/*
 * The engine and the shift together, with replicas that come, serve, fail and are lost with their node, releases, scales,
 * actions, deadlines, strategies and gateways that change in the middle, a clock that goes back, and an operator that dies
 * between its writes. After every look:
 */
const rules: Record<string, (view: TrafficView) => boolean> = {
  'weights sum to the total': ({ shift }) => sum(shift.weights.values()) === 100,
  'no weight goes to zero ready replicas while a release that may serve has some': (view) =>
    heirs(view).length === 0 || sidesOf(view).every((side) => weightAfter(view, side) === 0 || side.ready > 0),
  'there are never zero serving replicas while a release that may serve has some': (view) =>
    view.input.desired === 0 ||
    heirs(view).length === 0 ||
    sidesOf(view).some((side) => weightAfter(view, side) > 0 && readyAfter(view, side) > 0),
  'a release that comes gains only what its available replicas cover, or what nobody else can serve': (view) => {
    const { next, from, goingBack, hasServed, desired } = view.input;
    if (hasServed === true) return true;
    const gained = weightAfter(view, next) - next.weight;
    const others = sidesOf(view).filter((side) => side !== next && side.weight > 0);
    const orphaned = sum(others.filter(({ ready }) => ready === 0).map(({ weight }) => weight));
    if (goingBack || from === undefined || gained <= orphaned || others.every(({ ready }) => ready === 0)) return true;
    return next.available >= Math.ceil(((weightAfter(view, next) - orphaned) * desired) / 100);
  },
  'an emergency does not wait for capacity of the good side': (view) => {
    const { next, goingBack, hasServed, paused, splits } = view.input;
    const isUrgent = goingBack || (hasServed === true && splits);
    const hasNeed = isUrgent && !paused && next.weight < view.input.stage.weight && next.ready > 0;
    return !hasNeed || weightAfter(view, next) > next.weight || splitsEvenly(view);
  },
  'what was taken back never gains traffic or replicas': (view) => {
    const { from, goingBack } = view.input;
    if (!goingBack || from === undefined) return true;
    return weightAfter(view, from) <= from.weight && (view.shift.sizes.get(from.release) ?? 0) <= from.replicas;
  },
  'what has traffic keeps the replicas that serve it': (view) =>
    sidesOf(view).every(
      (side) =>
        side.weight === 0 ||
        (view.shift.sizes.get(side.release) ?? 0) >=
          Math.min(side.replicas, Math.ceil((side.weight * view.input.desired) / 100)),
    ),
  'a check that failed keeps its release from going on': ({ decision: { state } }) => {
    const { checks = [], rollout } = state;
    const failed = checks.some(({ result, release }) => result === 'Failed' && release === rollout?.release);
    return !failed || rollout?.aborting === true;
  },
  'a release with checks is live only when they have passed, or when people went on without them': (view) => {
    const { live, rollout, checks = [] } = view.decision.state;
    const own = checks.filter(({ release }) => release === live);
    return rollout !== undefined || own.every(({ result }) => result !== 'Failed' && result !== 'Running');
  },
  'it never looks again at a time that is over': ({ decision: { lookAgainAt }, nowMs }) =>
    lookAgainAt === undefined || lookAgainAt.getTime() > nowMs,
  'a release that comes is as large as its traffic needs': ({ shift, input: { next, desired } }) =>
    (shift.sizes.get(next.release) ?? 0) >= Math.ceil((next.weight * desired) / 100),
  'every phase that waits for a machine ends by its deadline': ({ decision: { state, summary }, paused, nowMs }) => {
    const { rollout } = state;
    if (rollout === undefined || paused || isForPeople(summary.reason)) return true;
    if (rollout.deadline === undefined) return ['Pausing', 'Checking'].includes(rollout.phase);
    return Date.parse(rollout.deadline) > nowMs;
  },
  'every measurement that something waits for comes, or has a time at which it is given up': (view) => {
    const { state, lookAgainAt, runs } = view.decision;
    const { checks = [] } = state;
    if (view.paused || runs.length === 0) return true;
    const isMissed = checks.some(({ deadline }) => deadline !== undefined && Date.parse(deadline) <= view.nowMs);
    return !isMissed && lookAgainAt !== undefined;
  },
  'the same input gives the same plan': ({ shift, again }) => isDeepStrictEqual(shift, again),
};

it('keeps its rules and comes to rest', () => {
  fc.assert(
    fc.property(
      aStrategy,
      fc.boolean(),
      fc.boolean(),
      fc.array(aTrafficMove, { maxLength: 80 }),
      (plan, splits, hangs, moves) => {
        const world = new TrafficWorld(plan, splits);
        for (const move of moves) world.play(move);
        if (hangs) world.hang();
        expect(!hangs || isAtRest(world)).toBe(true);
        world.calm();

        const broken = Object.keys(rules).filter((rule) => !world.views.every((view) => rules[rule]?.(view) === true));
        expect(broken).toEqual([]);
        const { state } = world.engine;
        const waits = state.rollout && legAt(world.plan, state.rollout.step).waits;
        expect([undefined, 'Person']).toContain(waits);
        expect(servesInFull(world)).toBe(true);
        const [before, last] = world.views.slice(-2);
        expect(last?.shift).toEqual(before?.shift);
        expect(last?.decision.state).toEqual(before?.decision.state);
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

/** Also without measurements: what is on its way waits for people. */
function isAtRest({ views, engine }: TrafficWorld): boolean {
  const reason = views.at(-1)?.decision.summary.reason ?? '';
  return engine.state.rollout === undefined || isForPeople(reason);
}

function isForPeople(reason: string): boolean {
  return ['AwaitingApproval', 'AwaitingData'].includes(reason);
}

/** Where something serves and nothing is on its way. */
function servesInFull(world: TrafficWorld): boolean {
  const { live, rollout } = world.engine.state;
  if (rollout !== undefined || live === undefined || world.isBroken(live)) return true;
  return world.weightOf(live) === 100 && world.readyOf(live) === world.size;
}

function sidesOf({ input: { next, from, warm, others } }: TrafficView): ShiftSide[] {
  return [next, from, warm?.side, ...others].filter((side) => side !== undefined);
}

/** Releases that may get traffic and have replicas for it: not what was given up, and no preview. */
function heirs({ input: { next, from, warm, goingBack, stage } }: TrafficView): ShiftSide[] {
  const isPreview = from !== undefined && !goingBack && stage.weight === 0 && next.weight === 0;
  const able = [isPreview ? undefined : next, goingBack ? undefined : from, warm?.side];
  return able.filter((side) => side !== undefined).filter(({ ready }) => ready > 0);
}

function weightAfter({ shift }: TrafficView, { release }: ShiftSide): number {
  return shift.weights.get(release) ?? 0;
}

function readyAfter(view: TrafficView, { release }: ShiftSide): number {
  return view.readyAfter.get(release) ?? 0;
}

/** Traffic is divided already as the replicas are: more would be more than they cover. */
function splitsEvenly({ splits, input: { next, desired } }: TrafficView): boolean {
  return splits && next.weight >= Math.max(1, Math.floor((100 * next.ready) / desired));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
