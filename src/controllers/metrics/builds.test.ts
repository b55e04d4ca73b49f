import { expect, it } from 'vitest';
import type { BuildStatus } from '../../crds/build/status.ts';
import { buildObservations } from './builds.ts';

const startedAt = '2026-01-01T00:00:10Z';
const finishedAt = '2026-01-01T00:02:10Z';
const queue = { name: 'Queue' as const, startedAt: '2026-01-01T00:00:00Z', seconds: 10 };

const waiting: BuildStatus = { queuePosition: 1 };
const running: BuildStatus = { startedAt, stages: [queue] };

function ended(failure?: 'Code' | 'Cancelled'): BuildStatus {
  const why = failure && { failure: { stage: 'Build' as const, class: failure, remedy: 'Mend it.' } };
  return { ...running, finishedAt, ...why };
}

const told = (old: BuildStatus | undefined, now: BuildStatus) => buildObservations({ status: old }, { status: now });

it('measures the wait when a Build leaves the queue, and the rest when it ends', () => {
  expect(told(waiting, running)).toEqual([{ name: 'vish_build_queue_duration_seconds', labels: {}, value: 10 }]);
  expect(told(running, ended())).toEqual([
    { name: 'vish_builds_total', labels: { outcome: 'Succeeded', class: '' }, value: 1 },
    { name: 'vish_build_duration_seconds', labels: { outcome: 'Succeeded' }, value: 120 },
  ]);
});

it('tells both when only the end was seen, and nothing twice', () => {
  expect(told(undefined, ended()).map(({ name }) => name)).toEqual([
    'vish_build_queue_duration_seconds',
    'vish_builds_total',
    'vish_build_duration_seconds',
  ]);
  expect(told(ended(), ended())).toEqual([]);
  expect(told(running, running)).toEqual([]);
});

it.each(['Code', 'Cancelled'] as const)('tells a failure of the class %s apart', (failure) => {
  const outcome = failure === 'Cancelled' ? 'Cancelled' : 'Failed';

  expect(told(running, ended(failure))[0]?.labels).toEqual({ outcome, class: failure });
});

it('measures no wait of a Build that was ended in the queue', () => {
  const { stages: _, ...cancelled } = ended('Cancelled');

  expect(told(waiting, { ...cancelled, startedAt: finishedAt }).map(({ name }) => name)).not.toContain(
    'vish_build_queue_duration_seconds',
  );
});
