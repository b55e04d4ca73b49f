import type { Build } from '../../crds/build/build.ts';
import { type Observation, secondsBetween } from './observation.ts';

type Seen = Pick<Build, 'status'>;

/** What two sights of a Build, one after the other, tell. */
export function buildObservations(old: Seen, now: Seen): Observation[] {
  return [...leftQueue(old, now), ...ended(old, now)];
}

/** Most builds end well, or by a fault of the code; the others are there from the start for alerts. */
export function buildSeries(): Observation[] {
  return [
    { name: 'vish_builds_total', labels: { outcome: 'Succeeded', class: '' } },
    ...['Code', 'Platform', 'Registry', 'Resources'].map(
      (name): Observation => ({ name: 'vish_builds_total', labels: { outcome: 'Failed', class: name } }),
    ),
  ];
}

function leftQueue(old: Seen, now: Seen): Observation[] {
  const value = queueSeconds(now);
  if (value === undefined || queueSeconds(old) !== undefined) return [];
  return [{ name: 'vish_build_queue_duration_seconds', labels: {}, value }];
}

/** Absent from a Build that was ended while it waited. */
function queueSeconds({ status }: Seen): number | undefined {
  return status?.stages?.find(({ name }) => name === 'Queue')?.seconds;
}

function ended(old: Seen, now: Seen): Observation[] {
  const { startedAt, finishedAt, failure } = now.status ?? {};
  if (startedAt === undefined || finishedAt === undefined || old.status?.finishedAt !== undefined) return [];
  const outcome = outcomeOf(now);
  return [
    { name: 'vish_builds_total', labels: { outcome, class: failure?.class ?? '' }, value: 1 },
    { name: 'vish_build_duration_seconds', labels: { outcome }, value: secondsBetween(startedAt, finishedAt) },
  ];
}

function outcomeOf({ status }: Seen): string {
  if (status?.failure === undefined) return 'Succeeded';
  return status.failure.class === 'Cancelled' ? 'Cancelled' : 'Failed';
}
