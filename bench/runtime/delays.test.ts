import { expect, it } from 'vitest';
import { delays, percentile } from './delays.ts';

const change = (name: string, receivedAt: number, namespace = 'ours') =>
  event('bench-harness', 'patch', { name, receivedAt, namespace });
const answer = (name: string, receivedAt: number, namespace = 'ours') =>
  event('bench-ours', 'update', { name, receivedAt, namespace });

/** Times are microseconds after an hour that does not matter. */
function event(userAgent: string, verb: string, of: { name: string; namespace: string; receivedAt: number }) {
  const stamp = `2026-01-01T00:00:00.${String(of.receivedAt).padStart(6, '0')}Z`;
  return { userAgent, verb, name: of.name, namespace: of.namespace, receivedAt: stamp };
}

const side = { userAgent: 'bench-ours', place: 'ours' };

it('counts from the change to the first request for that object, in whatever order the log has them', () => {
  const audit = [answer('a', 3500), answer('a', 9000), change('b', 2000), change('a', 1000), answer('b', 2250)];

  expect(delays(audit, { ...side, changes: 2 })).toEqual([0.25, 2.5]);
});

it('keeps objects of the same name in two namespaces apart', () => {
  const audit = [change('a', 1000), change('a', 1500, 'peer'), answer('a', 2000)];

  expect(delays(audit, { ...side, changes: 1 })).toEqual([1]);
});

it('refuses to judge a side that left a change unanswered', () => {
  expect(() => delays([change('a', 1000)], { ...side, changes: 1 })).toThrow('bench-ours answered 0 of 1 changes');
});

it('takes the value that the given share of all lie below', () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([1, 2], 1)).toBe(2);
});
