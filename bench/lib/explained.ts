import { readFileSync } from 'node:fs';
import type { Tally } from '../../test/harness/requests/tally.ts';

const page = 'docs/requests.md';
/** Headings of the page, each with a table and the bar that its sum is held against. */
export const parts = { commit: 'Requests of one commit', release: 'Requests of one release' } as const;
type Part = (typeof parts)[keyof typeof parts];

/** A line of the page's table: `| verbs | resource | at most | why |`. */
export interface Explained {
  readonly verbs: readonly string[];
  readonly resource: string;
  readonly atMost: number;
}

/** Of the part of the page under this heading. */
export function explained(heading: Part, text = readFileSync(page, 'utf8')): Explained[] {
  const part = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (part === undefined) throw new Error(`${page} has no part "${heading}"`);
  return [...part.matchAll(/^\| ([\w, ]+) \| `([^`]+)` \| (\d+) \|/gm)].map(
    ([, verbs = '', resource = '', atMost]) => ({
      verbs: verbs.split(', '),
      resource,
      atMost: Number(atMost),
    }),
  );
}

/** What the page does not explain, or explains fewer of. */
export function unexplained({ calls }: Pick<Tally, 'calls'>, told: readonly Explained[]): string[] {
  const isOf =
    ({ verbs, resource }: Explained) =>
    (call: Tally['calls'][number]) =>
      call.resource === resource && verbs.includes(call.verb);
  const tooMany = told.flatMap((line) => {
    const counted = calls.filter(isOf(line)).reduce((sum, { count }) => sum + count, 0);
    return counted > line.atMost ? [`${counted} ${line.verbs.join(', ')} ${line.resource}, not ${line.atMost}`] : [];
  });
  const unknown = calls.filter((call) => !told.some((line) => isOf(line)(call)));
  return [...tooMany, ...unknown.map(({ verb, resource, count }) => `${count} ${verb} ${resource}`)];
}

/** Throws with the list. */
export function expectExplained(tally: Pick<Tally, 'calls'>, heading: Part): void {
  const lines = unexplained(tally, explained(heading));
  if (lines.length > 0)
    throw new Error(`${page} does not explain these requests under "${heading}":\n  ${lines.join('\n  ')}`);
}
