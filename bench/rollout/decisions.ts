import type { AuditEntry } from '../../test/harness/requests/audit-log.ts';
import { micros } from '../runtime/micros.ts';

/** Milliseconds from each decision until the operator's first write that moves traffic, by the server's clock. */
export function delaysOfDecisions(
  entries: readonly Pick<AuditEntry, 'verb' | 'resource' | 'receivedAt' | 'userAgent' | 'name'>[],
  { name, moves }: { name: string; moves: string },
): number[] {
  const found: number[] = [];
  let decided: number | undefined;
  let asked = 0;
  const inOrder = entries.toSorted((a, b) => micros(a.receivedAt) - micros(b.receivedAt));
  for (const { verb, resource, receivedAt, userAgent, name: written } of inOrder) {
    if (verb !== 'patch') continue;
    const isOurs = userAgent.startsWith('vish/');
    const isAsked = !isOurs && resource === 'deployments' && written === name;
    // In turn: a release, and the decision to go back from it.
    if (isAsked) decided = ++asked % 2 === 0 ? micros(receivedAt) : undefined;
    const isMove = isOurs && resource === moves && (written === name || isReplicaSetOf(name, moves, written));
    if (!isMove || decided === undefined) continue;
    found.push((micros(receivedAt) - decided) / 1000);
    decided = undefined;
  }
  return found;
}

/** Their names go on with a hash. */
function isReplicaSetOf(name: string, moves: string, written: string): boolean {
  return moves === 'replicasets' && written.startsWith(`${name}-`);
}
