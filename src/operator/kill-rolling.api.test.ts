import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSameEnd } from '../../test/harness/kill/kill-plan.ts';
import { type TwoReleases, twoReleases } from '../../test/support/two-releases.ts';

let world: TwoReleases;
beforeAll(async () => {
  world = await twoReleases('rolling');
});
afterAll(() => world.close());

it('the whole operator brings two releases of Rolling to the same end, whatever befalls it at any of its writes', {
  timeout: 400_000,
}, async () => {
  const report = await world.strike({ replicas: 2, strategy: {}, mishaps: ['AfterWrite', 'BeforeNext'] });

  console.log(report.text);
  expectSameEnd(report);
  expect(report.writes).toBeGreaterThan(10);
});
