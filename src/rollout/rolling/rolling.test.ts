import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import type { RollingStrategy } from '../../crds/strategy/strategy.ts';
import { limitsOf } from './limits.ts';
import { nextSizes, type RollingSide } from './rolling.ts';
import { RollingWorld } from './world.ts';

/*
 * Invariants, at every moment of any rollout in which pods come, serve, fail and scales change:
 * 1. Replicas of all releases together never exceed desired + surge because of a decision.
 * 2. A decision never lowers the available replicas below desired - maxUnavailable.
 * 3. When pods become available in the end, it ends: the next release has the desired size, the others none.
 * 4. The same input gives the same sizes, and what is settled stays as it is.
 */

const some: RollingStrategy = { maxSurge: 1, maxUnavailable: 0 };

function side(release: number, replicas: number, extra: Partial<RollingSide> = {}): RollingSide {
  return { release, replicas, available: replicas, sizedFor: 4, ...extra };
}

function sizes(desired: number, strategy: RollingStrategy, [next, ...others]: RollingSide[], paused = false) {
  if (next === undefined) throw new Error('name the next release first');
  return Object.fromEntries(nextSizes({ desired, strategy, next, others, paused }));
}

describe('limits', () => {
  it.each([
    { desired: 10, maxSurge: '25%', maxUnavailable: '25%', most: 13, fewestAvailable: 8 },
    { desired: 3, maxSurge: '25%', maxUnavailable: 0, most: 4, fewestAvailable: 3 },
    { desired: 1, maxSurge: '25%', maxUnavailable: '25%', most: 2, fewestAvailable: 1 },
    { desired: 2, maxSurge: 0, maxUnavailable: '25%', most: 2, fewestAvailable: 1 },
    { desired: 2, maxSurge: 0, maxUnavailable: 5, most: 2, fewestAvailable: 0 },
    { desired: 100, maxSurge: '7%', maxUnavailable: '7%', most: 107, fewestAvailable: 93 },
    { desired: 0, maxSurge: 3, maxUnavailable: 0, most: 0, fewestAvailable: 0 },
  ])('$desired with $maxSurge above and $maxUnavailable below', ({ desired, maxSurge, maxUnavailable, ...limits }) => {
    expect(limitsOf(desired, { maxSurge, maxUnavailable })).toEqual({ desired, ...limits });
  });
});

describe('sizes', () => {
  it('starts the first release in full', () => {
    expect(sizes(4, some, [{ release: 1, replicas: 0, available: 0 }])).toEqual({ 1: 4 });
  });
  it('adds the surge and takes nothing before something new serves', () => {
    expect(sizes(4, some, [side(2, 0), side(1, 4)])).toEqual({ 1: 4, 2: 1 });
    expect(sizes(4, some, [side(2, 1, { available: 0 }), side(1, 4)])).toEqual({ 1: 4, 2: 1 });
    expect(sizes(4, some, [side(2, 1), side(1, 4)])).toEqual({ 1: 3, 2: 2 });
  });
  it('takes first where there is no surge, and fills the room', () => {
    const strategy = { maxSurge: 0, maxUnavailable: 2 };

    expect(sizes(4, strategy, [side(2, 0), side(1, 4)])).toEqual({ 1: 2, 2: 2 });
  });
  it('clears away old replicas that do not serve before any that do', () => {
    const old = [side(1, 2), side(2, 2, { available: 0 })];

    expect(sizes(4, { maxSurge: 1, maxUnavailable: 2 }, [side(3, 1, { available: 0 }), ...old])).toEqual({
      1: 2,
      2: 0,
      3: 3,
    });
  });
  it('gives up several old releases in the order that it was given', () => {
    expect(sizes(4, { maxSurge: 1, maxUnavailable: 1 }, [side(3, 1), side(2, 1), side(1, 3)])).toEqual({
      1: 2,
      2: 0,
      3: 3,
    });
  });
  it('does not count replicas of a shrunk release that are about to go', () => {
    expect(sizes(4, some, [side(2, 1), side(1, 3, { available: 4 })])).toEqual({ 1: 3, 2: 2 });
  });
  it('ends everything for no replicas', () => {
    expect(sizes(0, some, [side(2, 1), side(1, 3)])).toEqual({ 1: 0, 2: 0 });
  });
  it('shares a change of the scale in the middle by size', () => {
    expect(sizes(8, { maxSurge: 0, maxUnavailable: 2 }, [side(2, 1), side(1, 3)])).toEqual({ 1: 6, 2: 2 });
    expect(sizes(2, { maxSurge: 0, maxUnavailable: 1 }, [side(2, 2), side(1, 2)])).toEqual({ 1: 1, 2: 1 });
  });
  it('moves nothing while it is paused, but follows the scale', () => {
    expect(sizes(4, some, [side(2, 1), side(1, 4)], true)).toEqual({ 1: 4, 2: 1 });
    expect(sizes(5, some, [side(2, 0), side(1, 4)], true)).toEqual({ 1: 5, 2: 0 });
    expect(sizes(5, some, [side(2, 0), side(1, 0)], true)).toEqual({ 1: 5, 2: 0 });
  });
  it('brings back, while it is paused, what served and was deleted by hand', () => {
    expect(sizes(4, some, [side(2, 1), { release: 1, replicas: 0, available: 0 }], true)).toEqual({ 1: 3, 2: 1 });
  });
});

const strategies = fc
  .record({
    maxSurge: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom('0%', '10%', '25%', '50%', '100%')),
    maxUnavailable: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constantFrom('0%', '10%', '25%', '50%', '100%')),
  })
  .map((strategy): RollingStrategy => strategy);

const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('step' as const) }),
    fc.record({ kind: fc.constantFrom('serve', 'fail'), release: fc.integer({ min: 1, max: 4 }), count: fc.nat(8) }),
    fc.record({ kind: fc.constant('scale' as const), desired: fc.nat(12) }),
    fc.record({ kind: fc.constant('next' as const), release: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('pause' as const), paused: fc.boolean() }),
  ),
  { maxLength: 40 },
);
type Happening = typeof happenings extends fc.Arbitrary<(infer One)[]> ? One : never;

const worlds = fc.record({
  desired: fc.nat(12),
  strategy: strategies,
  /** Replicas of releases that serve at the start. */
  live: fc.nat(12),
});

function happen(world: RollingWorld, event: Happening, strategy: RollingStrategy): void {
  if (event.kind === 'step') checkedStep(world, strategy);
  else if ('release' in event && 'count' in event) {
    if (event.kind === 'serve') world.serve(event.release, event.count);
    else world.fail(event.release, event.count);
  } else if ('desired' in event) world.desired = event.desired;
  else if ('release' in event) world.next = event.release;
  else if ('paused' in event) world.paused = event.paused;
}

/** Invariants 1, 2 and the first half of 4. */
function checkedStep(world: RollingWorld, strategy: RollingStrategy): boolean {
  const { most, fewestAvailable } = limitsOf(world.desired, strategy);
  const [total, available] = [world.total, world.available];
  expect(nextSizes(world.input())).toEqual(nextSizes(world.input()));
  const changed = world.step();
  expect(world.total).toBeLessThanOrEqual(Math.max(total, most));
  expect(world.available).toBeGreaterThanOrEqual(Math.min(available, fewestAvailable));
  return changed;
}

/** Steps in which every replica serves at once; more than that many is not an end. */
function finish(world: RollingWorld, strategy: RollingStrategy): void {
  world.paused = false;
  for (let steps = 0; steps < 200; steps++) {
    for (const release of [1, 2, 3, 4]) world.serve(release, 100);
    if (!checkedStep(world, strategy)) return;
  }
  throw new Error('it does not end');
}

/** Half a second of worlds; the seed stands in the failure. */
const runs = { numRuns: 300 };

describe('invariants', () => {
  it('hold whatever happens, and it ends with the next release alone', () => {
    fc.assert(
      fc.property(worlds, happenings, ({ desired, strategy, live }, events) => {
        const world = new RollingWorld(desired, strategy, [live]);
        for (const event of events) happen(world, event, strategy);
        finish(world, strategy);

        expect(world.sizes()).toEqual(world.desired === 0 ? {} : { [world.next]: world.desired });
      }),
      runs,
    );
  });
  it('hold for a release that never serves: the one before it keeps enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), strategies, (desired, strategy) => {
        const world = new RollingWorld(desired, strategy, [desired]);
        for (let steps = 0; steps < 60; steps++) checkedStep(world, strategy);

        expect(world.step()).toBe(false);
        expect(world.available).toBeGreaterThanOrEqual(limitsOf(desired, strategy).fewestAvailable);
      }),
      runs,
    );
  });
});
