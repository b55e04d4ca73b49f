import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSameEnd } from '../../test/harness/kill/kill-plan.ts';
import { type TwoReleases, twoReleases } from '../../test/support/two-releases.ts';

let world: TwoReleases;
beforeAll(async () => {
  world = await twoReleases('blue-green');
});
afterAll(() => world.close());

const strategy = { type: 'BlueGreen', blueGreen: { previous: { warmSeconds: 1 } } } as const;

it('the whole operator brings two releases of BlueGreen to the same end, whatever befalls it at any of its writes', {
  timeout: 400_000,
}, async () => {
  const report = await world.strike({ replicas: 1, strategy, mishaps: ['AfterWrite'] });

  console.log(report.text);
  expectSameEnd(report);
  expect(report.writes).toBeGreaterThan(10);
});
