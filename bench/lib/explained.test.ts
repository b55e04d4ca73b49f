import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { explained, parts, unexplained } from './explained.ts';

const table = '| create, patch | `events.events.k8s.io` | 2 | why |\n| create | `jobs.batch` | 1 | why |';
const told = explained(parts.commit, `# ${parts.commit}\n\n${table}`);
const call = (verb: string, resource: string, count: number) => ({ verb, resource, count });

it.each([
  [parts.commit, 40],
  [parts.release, 30],
])('the page says as the sum of "%s" what its lines add up to, within the bar of %i', (heading, bar) => {
  const total = explained(heading).reduce((sum, { atMost }) => sum + atMost, 0);

  expect(readFileSync('docs/requests.md', 'utf8')).toContain(`At most ${total};`);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(bar);
});

it('says which part the page has not', () => {
  expect(() => explained(parts.release, 'nothing')).toThrow('has no part "Requests of one release"');
});

it('finds nothing in what the page explains', () => {
  const calls = [call('create', 'events.events.k8s.io', 1), call('patch', 'events.events.k8s.io', 1)];

  expect(unexplained({ calls }, told)).toEqual([]);
});

it('names what is not there, and what comes more often', () => {
  const calls = [call('create', 'events.events.k8s.io', 3), call('list', 'jobs.batch', 1)];

  expect(unexplained({ calls }, told)).toEqual(['3 create, patch events.events.k8s.io, not 2', '1 list jobs.batch']);
});
