import type { Side } from '../../../targets/target.ts';
import type { StoredRelease } from './revision.ts';

/** No more records fit into a status. */
const mostRecords = 50;

export interface InUse {
  readonly live: number | undefined;
  readonly pinned: number | undefined;
  readonly refused: string | undefined;
  readonly wanted: number | undefined;
  /** What has something running at the place. */
  readonly sides: readonly Side[];
}

/** Releases that left the history: beyond the limit, oldest first, and none that runs or is to run. */
export function surplusReleases(releases: readonly StoredRelease[], limit: number, use: InUse): StoredRelease[] {
  const kept = Math.min(limit + 1, mostRecords);
  const isUsed = isInUse(use);
  const free = releases.filter((release) => !isUsed(release));
  const room = Math.max(0, kept - (releases.length - free.length));
  return [...free].sort((a, b) => b.number - a.number).slice(room);
}

function isInUse({ live, pinned, refused, wanted, sides }: InUse): (release: StoredRelease) => boolean {
  const running = sides.flatMap(({ release, replicas }) => (replicas > 0 ? [release] : []));
  const numbers = new Set([live, pinned, wanted, ...running]);
  return ({ number, hash }) => numbers.has(number) || hash === refused;
}
