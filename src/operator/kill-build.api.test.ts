import { expect, it } from 'vitest';
import { expectSameEnd } from '../../test/harness/kill/kill-plan.ts';
import { strikeBuild } from '../../test/support/struck-build.ts';

it('the whole operator brings a Build to one Job, one digest and no Secret, whatever befalls it at any of its writes', {
  timeout: 400_000,
}, async () => {
  const report = await strikeBuild();

  console.log(report.text);
  expectSameEnd(report);
  expect(report.writes).toBeGreaterThan(5);
});
