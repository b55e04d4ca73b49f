import type { AuditEntry } from './audit-log.ts';

export interface Count {
  verb: string;
  /** `deployments.vish.dev/status`. */
  resource: string;
  count: number;
}

/** Requests of one user, as the bar counts them: watches and leases stand apart, because they are the price of waiting. */
export interface Tally {
  calls: readonly Count[];
  watches: readonly Count[];
  leases: readonly Count[];
  /** Number of calls. */
  total: number;
  /** Answered with 403: rights that are missing. */
  denied: readonly AuditEntry[];
  entries: readonly AuditEntry[];
  /** For people. */
  table(): string;
  /** Throws with the list of what was denied. */
  expectNoneDenied(): void;
}

export function tally(entries: readonly AuditEntry[]): Tally {
  const leases = entries.filter(({ resource, group }) => resource === 'leases' && group === 'coordination.k8s.io');
  const others = entries.filter((entry) => !leases.includes(entry));
  const isWatch = ({ verb }: AuditEntry) => verb === 'watch';
  const calls = others.filter((entry) => !isWatch(entry));
  const denied = entries.filter(({ code }) => code === 403);
  const counts = { calls: countsOf(calls), watches: countsOf(others.filter(isWatch)), leases: countsOf(leases) };
  return {
    ...counts,
    total: calls.length,
    denied,
    entries,
    table: () => table(counts, calls.length),
    expectNoneDenied() {
      const lines = denied.map(
        ({ verb, namespace, name, ...rest }) => `  ${verb} ${resourceOf(rest)} ${namespace}/${name}`,
      );
      if (lines.length > 0) throw new Error(`${lines.length} requests were denied:\n${lines.join('\n')}`);
    },
  };
}

/** As kubectl and metrics write it. */
export function resourceOf({ group, resource }: Pick<AuditEntry, 'group' | 'resource'>): string {
  if (group === '') return resource;
  const [plural, ...rest] = resource.split('/');
  return [`${plural}.${group}`, ...rest].join('/');
}

/** Most frequent first. */
function countsOf(entries: readonly AuditEntry[]): Count[] {
  const groups = Map.groupBy(entries, (entry) => `${entry.verb} ${resourceOf(entry)}`);
  return [...groups]
    .map(([key, { length: count }]) => ({ verb: key.split(' ')[0] ?? '', resource: key.split(' ')[1] ?? '', count }))
    .sort((a, b) => b.count - a.count || compare(`${a.resource} ${a.verb}`, `${b.resource} ${b.verb}`));
}

function table(parts: Record<'calls' | 'watches' | 'leases', readonly Count[]>, total: number): string {
  const lines = Object.entries(parts).flatMap(([part, counts]) =>
    counts.map(
      ({ verb, resource, count }) => `${String(count).padStart(5)}  ${verb.padEnd(8)} ${resource}${mark(part)}`,
    ),
  );
  return [...lines, `${String(total).padStart(5)}  calls; watches and leases apart`].join('\n');
}

function mark(part: string): string {
  return part === 'calls' ? '' : `  (${part})`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
