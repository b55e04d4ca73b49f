import { expect, it } from 'vitest';
import { aRelease } from '../../../../test/support/rollouts.ts';
import type { StoredRelease } from './revision.ts';
import { type InUse, surplusReleases } from './surplus.ts';

const releases = [6, 5, 4, 3, 2, 1].map((number) => aRelease(number) as StoredRelease);
const none: InUse = { live: undefined, pinned: undefined, refused: undefined, wanted: undefined, sides: [] };
const surplus = (limit: number, use: Partial<InUse> = {}) =>
  surplusReleases(releases, limit, { ...none, ...use }).map(({ number }) => number);

it('is what is older than the limit, beside the live release', () => {
  expect(surplus(2, { live: 6 })).toEqual([3, 2, 1]);
  expect(surplus(5, { live: 6 })).toEqual([]);
});

it('is never a release that runs, is wanted, pinned, or refused', () => {
  const side = { release: 1, replicas: 1, ready: 0, available: 0 };

  expect(surplus(1, { live: 2, wanted: 3, pinned: 4, refused: 'hash-5', sides: [side] })).toEqual([6]);
});

it('does not count a side that has ended', () => {
  expect(surplus(1, { live: 6, sides: [{ release: 1, replicas: 0, ready: 0, available: 0 }] })).toEqual([4, 3, 2, 1]);
});
