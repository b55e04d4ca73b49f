import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSameEnd } from '../../test/harness/kill/kill-plan.ts';
import { type TwoReleases, twoReleases } from '../../test/support/two-releases.ts';

let world: TwoReleases;
beforeAll(async () => {
  world = await twoReleases('canary');
});
afterAll(() => world.close());

const steps = [{ weight: 34 }, { pauseSeconds: 1 }, { weight: 67 }];
const strategy = { type: 'Canary', canary: { steps } } as const;

it('the whole operator brings two releases of Canary to the same end, whatever befalls it at any of its writes', {
  timeout: 400_000,
}, async () => {
  const report = await world.strike({ replicas: 3, strategy, mishaps: ['AfterWrite'] });

  console.log(report.text);
  expectSameEnd(report);
  expect(report.writes).toBeGreaterThan(10);
});
