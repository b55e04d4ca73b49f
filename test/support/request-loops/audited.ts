import { type AuditEntry, entriesSince, type Position } from '../../harness/requests/audit-log.ts';
import { resourceOf } from '../../harness/requests/tally.ts';
import { RequestCounts } from './request-counts.ts';

const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** What programs call themselves; the clients of tests are plain `vish`, and counted where they run. */
const program = 'vish/';

/** Throws when a program of ours, in a child process or a pod, sent a request in a loop since `from`. */
export async function expectNoLoopIn(auditLog: string, { suite, from }: { suite: string; from: Position }) {
  const entries = await entriesSince(auditLog, from);
  const requests = entries
    .filter(({ userAgent, uri }) => userAgent.startsWith(program) && !uri.includes('dryRun='))
    .map((entry) => ({ key: keyOf(entry), isRead: reading.has(entry.verb), atMs: Date.parse(entry.receivedAt) }));
  const counts = new RequestCounts();
  // The log is in order of the answers.
  for (const { key, ...at } of requests.toSorted((a, b) => a.atMs - b.atMs)) counts.note(key, at);
  counts.expectNoLoop(`in the suite "${suite}" a program of ours`);
}

function keyOf(entry: AuditEntry): string {
  const { userAgent, verb, namespace, name } = entry;
  return `${userAgent}: ${verb} ${resourceOf(entry)} ${[namespace, name].filter(Boolean).join('/')}`.trimEnd();
}
