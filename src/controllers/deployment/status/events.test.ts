import { expect, it } from 'vitest';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { EventRecorder } from '../../../kube/index.ts';
import { recordChange } from './events.ts';

type Notice = Parameters<EventRecorder['record']>[0];

const at = '2026-01-01T00:00:00Z';
const history = [1, 2].map((number) => {
  return { number, name: `web-${number}`, outcome: 'Live' as const, cause: 'Commit' as const, startedAt: at };
});

function aDeployment(status: DeploymentStatus) {
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' };
  return { metadata, status } as unknown as Parameters<typeof recordChange>[1]['before'];
}

function told(reason: 'RollingOut' | 'RolledBack', before: DeploymentStatus, after: DeploymentStatus): Notice[] {
  const notices: Notice[] = [];
  const change = { before: aDeployment(before), after: aDeployment(after) };
  recordChange({ record: (notice) => void notices.push(notice) }, change, { reason, message: 'so it is' });
  return notices;
}

const was = (reason: string) => {
  const condition = { type: 'Ready', status: 'Unknown' as const, reason, message: '', lastTransitionTime: at };
  return { conditions: [condition] };
};

it('tells a change of the reason, and nothing while it stays', () => {
  expect(told('RollingOut', was('Building'), {})).toMatchObject([
    { reason: 'RollingOut', note: 'so it is', type: 'Normal' },
  ]);
  expect(told('RolledBack', was('RollingOut'), {})).toMatchObject([{ type: 'Warning' }]);
  expect(told('RollingOut', was('RollingOut'), {})).toEqual([]);
});

it('tells each step of a rollout that has several, under a name of its own', () => {
  const at = (step: number) => ({ ...was('RollingOut'), rollout: { ...rolloutOf(2), step, steps: 3 }, history });

  expect(told('RollingOut', at(0), at(1))).toMatchObject([{ reason: 'RollingOut', action: 'Release2Step1' }]);
  expect(told('RollingOut', at(1), at(1))).toEqual([]);
  expect(told('RollingOut', { ...was('RollingOut'), rollout: rolloutOf(1) }, { rollout: rolloutOf(2) })).toEqual([]);
});

it.each<[string, DeploymentStatus, string | undefined]>([
  ['the Build that is waited for', { build: 'web-abc', live: side(1), history }, 'web-abc'],
  ['the release that comes', { rollout: rolloutOf(2), live: side(1), history }, 'web-2'],
  ['the release that serves', { live: side(1), history }, 'web-1'],
  ['nothing, when nothing is known yet', {}, undefined],
])('is about %s, so that equal events of two releases stay two', (_, after, name) => {
  expect(told('RollingOut', {}, after)[0]?.related?.name).toBe(name);
});

function side(release: number) {
  return { release, weight: 100, replicas: 1, ready: 1 };
}

function rolloutOf(release: number): NonNullable<DeploymentStatus['rollout']> {
  const times = { startedAt: at, phaseStartedAt: at };
  return { release, strategy: 'Rolling', phase: 'Advancing', step: 0, steps: 1, progress: '0/1', ...times };
}
