import { Counter } from 'prom-client';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { createRegistry } from './registry.ts';

it('the example of the README shows its counter beside those of the process', async () => {
  // README
  const registry = createRegistry({ version: '0.1.0', commit: 'abc1234' });
  const builds = new Counter({ name: 'vish_builds_total', help: 'Builds that ended', registers: [registry] });
  builds.inc();
  // end of README

  const page = await registry.metrics();
  expect(page).toContain('vish_builds_total 1');
  expect(page).toContain('nodejs_eventloop_lag_seconds');
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
