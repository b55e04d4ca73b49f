import { expect, it } from 'vitest';
import { metricsPage } from './page.ts';

const metric = { name: 'vish_a_total', help: 'How often a | b was seen.', type: 'counter', labels: ['why', 'where'] };

it('has a line for each metric, under the group of its name', () => {
  const page = metricsPage([metric]);

  expect(page).toContain('| `vish_a_total` | counter | `why`, `where` | How often a \\| b was seen |');
  expect(page.indexOf('vish_a_total')).toBeLessThan(page.indexOf('## Controllers'));
});

it('leaves no metric out', () => {
  expect(() => metricsPage([{ ...metric, name: 'strange_total' }])).toThrow('strange_total belongs to no group');
});
