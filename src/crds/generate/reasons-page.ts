import { courses, type ReasonEntry } from '../reasons/entry.ts';
import { reasons } from '../reasons/reasons.ts';

/** The reference page of reasons: what each says, and what to do. */
export function reasonsPage(): string {
  const entries: [string, ReasonEntry][] = Object.entries(reasons).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# Reasons',
    '',
    'Every condition of every kind carries one of these. `Ready`, `Reconciling` and `Stalled` follow from the course of the reason:',
    '',
    '| course | Ready | beside it | meaning |',
    '|---|---|---|---|',
    ...Object.entries(courses).map(
      ([course, meaning]) => `| ${course} | ${summaryOf[course as keyof typeof courses]} | ${meaning} |`,
    ),
    '',
    '| reason | kinds | conditions | course | cause | what to do |',
    '|---|---|---|---|---|---|',
    ...entries.map(([name, entry]) => `| \`${name}\` | ${row(entry).join(' | ')} |`),
    '',
  ].join('\n');
}

const summaryOf = {
  Done: 'True |',
  Working: 'Unknown | Reconciling',
  AwaitingPerson: 'Unknown | Reconciling',
  Retrying: 'False | Reconciling',
  Stuck: 'False | Stalled',
} as const;

function row({ kinds, axes = [], course, onlyAxes, cause, remedy }: ReasonEntry): string[] {
  const conditions = onlyAxes === true ? axes : ['Ready', ...axes];
  return [kinds.join(', '), conditions.join(', '), course, cause, remedy];
}
