import { type Reason, reasons, type SummaryReason } from '../reasons/reasons.ts';
import { type Condition, type ConditionStatus, maxMessage } from './condition.ts';

/** Our condition types, in the order in which they stand in every status. */
export const conditionTypes = [
  'Ready',
  'Reconciling',
  'Stalled',
  'Built',
  'Available',
  'Progressing',
  'Verified',
  'RolledBack',
  'Synced',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

export interface ConditionChange {
  type: ConditionType;
  status: ConditionStatus;
  reason: Reason;
  message: string;
}

/** When, and about which spec, a condition is decided. */
export interface Stamp {
  now: Date;
  generation: number;
}

type Conditions = readonly Condition[];

/**
 * The conditions with one of them set. `lastTransitionTime` moves only with `status`, and the same list comes back when
 * nothing changes, so that callers can tell that there is nothing to write.
 */
export function setCondition(conditions: Conditions, change: ConditionChange, { now, generation }: Stamp): Conditions {
  const before = findCondition(conditions, change.type);
  const next: Condition = {
    ...change,
    message: shorten(change.message),
    observedGeneration: generation,
    lastTransitionTime: before?.status === change.status ? before.lastTransitionTime : wholeSeconds(now),
  };
  if (before !== undefined && isSame(before, next)) return conditions;
  return [...conditions.filter(({ type }) => type !== change.type), next].sort(byPlace);
}

export function removeCondition(conditions: Conditions, type: ConditionType): Conditions {
  return conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions;
}

export function findCondition(conditions: Conditions, type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export function isTrue(conditions: Conditions, type: ConditionType): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

export interface Summary {
  reason: SummaryReason;
  message: string;
}

/**
 * Sets Ready and, only while they hold, Reconciling and Stalled. What the three say follows from the reason's course
 * alone, so no caller can write a combination that a waiter would misread (Ready=False without Stalled waits for ever).
 */
export function summarise(conditions: Conditions, { reason, message }: Summary, stamp: Stamp): Conditions {
  const { ready, also } = summaries[reasons[reason].course];
  const withReady = setCondition(conditions, { type: 'Ready', status: ready, reason, message }, stamp);
  return (['Reconciling', 'Stalled'] as const).reduce<Conditions>(
    (result, type) =>
      type === also
        ? setCondition(result, { type, status: 'True', reason, message }, stamp)
        : removeCondition(result, type),
    withReady,
  );
}

const summaries = {
  Done: { ready: 'True', also: undefined },
  Working: { ready: 'Unknown', also: 'Reconciling' },
  AwaitingPerson: { ready: 'Unknown', also: 'Reconciling' },
  Retrying: { ready: 'False', also: 'Reconciling' },
  Stuck: { ready: 'False', also: 'Stalled' },
} as const;

/** metav1.Time has no fractions; a value that came back without them would look changed. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function shorten(message: string): string {
  const points = Array.from(message);
  return points.length <= maxMessage ? message : `${points.slice(0, maxMessage - 1).join('')}…`;
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration &&
    a.lastTransitionTime === b.lastTransitionTime
  );
}

function byPlace(a: Condition, b: Condition): number {
  return placeOf(a.type) - placeOf(b.type) || (a.type < b.type ? -1 : 1);
}

/** Conditions of other controllers come last, by name. */
function placeOf(type: string): number {
  const place = conditionTypes.findIndex((known) => known === type);
  return place < 0 ? conditionTypes.length : place;
}
