import type { AuditEntry } from '../../test/harness/requests/audit-log.ts';
import { micros } from './micros.ts';

export interface Reactions {
  userAgent: string;
  /** Namespace of the objects that the side works on. */
  place: string;
  /** How many there must be: a change that nobody answered is a failure, not a fast one. */
  changes: number;
}

/** Milliseconds from when the server got the change until it got the side's first request for that object. */
export function delays(
  audit: readonly Pick<AuditEntry, 'userAgent' | 'verb' | 'name' | 'namespace' | 'receivedAt'>[],
  { userAgent, place, changes }: Reactions,
): number[] {
  const changedAt = new Map<string, number>();
  const found: number[] = [];
  const events = audit
    .filter(({ namespace }) => namespace === place)
    .map(({ userAgent: from, name, verb, receivedAt }) => ({ from, name, verb, receivedAt: micros(receivedAt) }))
    .toSorted((a, b) => a.receivedAt - b.receivedAt);
  for (const { from, name, verb, receivedAt } of events) {
    if (from.startsWith('bench-harness') && verb === 'patch') changedAt.set(name, receivedAt);
    const changed = changedAt.get(name);
    if (!from.startsWith(userAgent) || changed === undefined) continue;
    found.push((receivedAt - changed) / 1000);
    changedAt.delete(name);
  }
  if (found.length !== changes) throw new Error(`${userAgent} answered ${found.length} of ${changes} changes`);
  return found;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
