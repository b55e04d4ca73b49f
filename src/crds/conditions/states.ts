import type { Course, Word } from '../reasons/entry.ts';
import { reasonEntry } from '../reasons/reasons.ts';
import type { Condition } from './condition.ts';
import { findCondition, isTrue } from './conditions.ts';

const words: Record<Course, Word> = {
  Done: 'Ready',
  Working: 'Pending',
  AwaitingPerson: 'AwaitingApproval',
  Retrying: 'Degraded',
  Stuck: 'Failed',
};

/**
 * The one word for people. A Deployment that failed while an earlier release serves is RolledBack or Degraded, never
 * Failed: someone who reads Failed looks for an outage.
 */
export function stateOf(conditions: readonly Condition[]): Word {
  const ready = findCondition(conditions, 'Ready');
  const entry = reasonEntry(ready?.reason ?? '');
  if (entry === undefined) return 'Pending';
  const word = entry.word ?? words[entry.course];
  if (word !== 'Failed' || !isTrue(conditions, 'Available')) return word;
  return isTrue(conditions, 'RolledBack') ? 'RolledBack' : 'Degraded';
}
