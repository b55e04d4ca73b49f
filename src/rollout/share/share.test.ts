import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { type ShareInput, type ShareSide, sharedSizes } from './share.ts';

/*
 * Invariants, for all sides, weights, scales and failures:
 * 1. A decision never lowers the available replicas of all releases together below what is wanted.
 * 2. What was taken back, and what is to end, never grows.
 * 3. While the weight is below all, the release that serves keeps a replica.
 * 4. The same input gives the same sizes; it ends with the share of the weight, and then nothing changes any more.
 */

function side(release: number, replicas: number, available = replicas): ShareSide {
  return { release, replicas, available };
}

function sizes(fields: Partial<ShareInput>) {
  const base = { desired: 4, weight: 25, next: side(2, 0), from: side(1, 4), others: [] };
  return Object.fromEntries(sharedSizes({ ...base, goingBack: false, paused: false, ...fields }));
}

describe('a share of the replicas', () => {
  it('comes before anything goes', () => {
    expect(sizes({})).toEqual({ 1: 4, 2: 1 });
    expect(sizes({ next: side(2, 1, 0) })).toEqual({ 1: 4, 2: 1 });
    expect(sizes({ next: side(2, 1) })).toEqual({ 1: 3, 2: 1 });
  });

  it('is all in the end', () => {
    expect(sizes({ weight: 100, next: side(2, 4, 3) })).toEqual({ 1: 1, 2: 4 });
    expect(sizes({ weight: 100, next: side(2, 4) })).toEqual({ 1: 0, 2: 4 });
  });

  it('leaves one to the release that serves, also where one is all that is wanted', () => {
    expect(sizes({ desired: 1, from: side(1, 1), next: side(2, 1) })).toEqual({ 1: 1, 2: 1 });
  });

  it('is taken back as the release before covers it, and given up first', () => {
    const back = { goingBack: true, weight: 100, next: side(1, 4, 3), from: side(2, 2) };

    expect(sizes(back)).toEqual({ 1: 4, 2: 1 });
    expect(sizes({ ...back, next: side(1, 4) })).toEqual({ 1: 4, 2: 0 });
  });

  it('stands while it is paused; the scale goes to the release that serves', () => {
    expect(sizes({ paused: true, desired: 6, next: side(2, 1, 0), from: side(1, 3) })).toEqual({ 1: 5, 2: 1 });
  });
});

const aSide = (release: number) =>
  fc.tuple(fc.nat(8), fc.nat(8)).map(([replicas, available]) => side(release, replicas, Math.min(available, replicas)));

const inputs: fc.Arbitrary<ShareInput> = fc.record({
  desired: fc.nat(8),
  weight: fc.integer({ min: 0, max: 100 }),
  next: aSide(3),
  from: fc.option(aSide(1), { nil: undefined }),
  others: fc.array(aSide(2), { maxLength: 1 }),
  goingBack: fc.boolean(),
  paused: fc.constant(false),
});

const sidesOf = ({ next, from, others }: ShareInput) => [next, ...(from === undefined ? [] : [from]), ...others];

function applied(input: ShareInput, serve: boolean): ShareInput {
  const asked = sharedSizes(input);
  const change = (each: ShareSide): ShareSide => {
    const replicas = asked.get(each.release) ?? 0;
    return { ...each, replicas, available: serve ? replicas : Math.min(each.available, replicas) };
  };
  const { next, from, others } = input;
  return { ...input, next: change(next), from: from && change(from), others: others.map(change) };
}

const availableOf = (input: ShareInput) => sidesOf(input).reduce((total, { available }) => total + available, 0);

describe('invariants', () => {
  it('hold whatever there is, and it ends', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const after = applied(input, false);
        const ending = input.goingBack ? [...input.others, input.from] : input.others;
        const grown = ending.filter((each) => each && (sharedSizes(input).get(each.release) ?? 0) > each.replicas);
        const end = [1, 2, 3, 4].reduce((world) => applied(world, true), input);
        const { next, from, others } = end;
        const comes =
          from === undefined || input.goingBack ? input.desired : Math.ceil((input.weight * input.desired) / 100);

        expect(availableOf(after)).toBeGreaterThanOrEqual(Math.min(availableOf(input), input.desired));
        expect(grown).toEqual([]);
        expect(input.goingBack || input.weight === 100 || from?.replicas !== 0 || input.desired === 0).toBe(true);
        expect(sharedSizes(input)).toEqual(sharedSizes(input));
        expect(applied(end, true)).toEqual(end);
        expect([next.replicas, ...others.map(({ replicas }) => replicas)]).toEqual([comes, ...others.map(() => 0)]);
      }),
      { numRuns: 500 },
    );
  });
});
