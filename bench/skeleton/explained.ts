import { readFileSync } from 'node:fs';
import type { Tally } from '../../test/harness/requests/tally.ts';

const page = 'docs/requests.md';

/** A line of the page's table: `| verbs | resource | at most | why |`. */
export interface Explained {
  readonly verbs: readonly string[];
  readonly resource: string;
  readonly atMost: number;
}

export function explained(text = readFileSync(page, 'utf8')): Explained[] {
  return [...text.matchAll(/^\| ([\w, ]+) \| `([^`]+)` \| (\d+) \|/gm)].map(
    ([, verbs = '', resource = '', atMost]) => ({
      verbs: verbs.split(', '),
      resource,
      atMost: Number(atMost),
    }),
  );
}

/** What the page does not explain, or explains fewer of. */
export function unexplained({ calls }: Pick<Tally, 'calls'>, told = explained()): string[] {
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
export function expectExplained(tally: Pick<Tally, 'calls'>): void {
  const lines = unexplained(tally);
  if (lines.length > 0)
    throw new Error(`${page} does not explain these requests of one commit:\n  ${lines.join('\n  ')}`);
}
