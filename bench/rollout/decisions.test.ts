import { expect, it } from 'vitest';
import { delaysOfDecisions } from './decisions.ts';

function patch(userAgent: string, resource: string, { name = 'app-1', ms }: { name?: string; ms: number }) {
  return { verb: 'patch', userAgent, resource, name, receivedAt: new Date(ms).toISOString() };
}

const person = (ms: number) => patch('vish-harness', 'deployments', { ms });
const operator = (resource: string, ms: number, name?: string) =>
  patch('vish/1.0.0', resource, { ms, ...(name !== undefined && { name }) });

it('measures from a decision to the first write that moves traffic, and leaves out what a release moves', () => {
  const entries = [
    person(0),
    operator('services', 50),
    person(1000),
    operator('deployments/status', 1010),
    operator('services', 1040),
    operator('services', 1090),
    person(2000),
    person(3000),
    operator('services', 3025),
  ];

  expect(delaysOfDecisions(entries, { name: 'app-1', moves: 'services' })).toEqual([40, 25]);
});

it('finds the ReplicaSets of an app by its name, and no other app', () => {
  const entries = [
    person(0),
    person(1000),
    operator('replicasets', 1005, 'app-10-abc'),
    operator('replicasets', 1030, 'app-1-abc'),
  ];

  expect(delaysOfDecisions(entries, { name: 'app-1', moves: 'replicasets' })).toEqual([30]);
});
