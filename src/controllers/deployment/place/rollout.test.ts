import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { Look } from '../look.ts';
import { standStill } from './rollout.ts';

it('gives back the place in the queue of one that was let in and that no place takes now', () => {
  const settled: unknown[] = [];
  const deployment = aDeployment();
  const turns = { enter: () => 0, settle: (each: unknown) => settled.push(each) };
  const clockLook = { jumpedMs: 0, settle: () => undefined };
  const look = { deployment, releases: [], now: new Date(0), clockLook, turns } as unknown as Look;

  standStill(look, { wish: {}, status: {} });

  expect(settled).toEqual([deployment]);
});
