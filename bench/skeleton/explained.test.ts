import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { explained, unexplained } from './explained.ts';

const told = explained('| create, patch | `events.events.k8s.io` | 2 | why |\n| create | `jobs.batch` | 1 | why |');
const call = (verb: string, resource: string, count: number) => ({ verb, resource, count });

it('the page says as its sum what its lines add up to, and it is within the bar', () => {
  const total = explained().reduce((sum, { atMost }) => sum + atMost, 0);

  expect(readFileSync('docs/requests.md', 'utf8')).toContain(`At most ${total};`);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(40);
});

it('finds nothing in what the page explains', () => {
  const calls = [call('create', 'events.events.k8s.io', 1), call('patch', 'events.events.k8s.io', 1)];

  expect(unexplained({ calls }, told)).toEqual([]);
});

it('names what is not there, and what comes more often', () => {
  const calls = [call('create', 'events.events.k8s.io', 3), call('list', 'jobs.batch', 1)];

  expect(unexplained({ calls }, told)).toEqual(['3 create, patch events.events.k8s.io, not 2', '1 list jobs.batch']);
});
