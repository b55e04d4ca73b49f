import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import { annotations, imageDeleting } from '../../objects/labels.ts';

export type Policy = NonNullable<Project['spec']['image']['unused']>;

/** A look at a Deployment that began before the mark is over by then, and its release is in the caches. */
export const graceMs = 10 * 60_000;

export interface Case {
  readonly build: Pick<Build, 'metadata'>;
  readonly policy: Policy;
  /** Beyond the limit of the history, and nothing uses its image. */
  readonly isUnused: boolean;
  readonly now: number;
}

/** `forget`: the Build goes, and nothing more of its image. */
export type Step = 'mark' | 'unmark' | 'delete' | 'forget' | 'wait';

/** One step at a time, each of them a write that shows. */
export function stepFor({ build, policy, isUnused, now }: Case): Step {
  const mark = build.metadata.annotations?.[annotations.unusedSince];
  const isWanted = !isUnused || policy === 'Keep';
  // A part of it may be gone already: a Build that tells of it as whole would be released.
  if (mark === imageDeleting) return isWanted || policy === 'DryRun' ? 'forget' : 'delete';
  if (isWanted) return mark === undefined ? 'wait' : 'unmark';
  return stepOfUnused(mark, policy, now);
}

function stepOfUnused(mark: string | undefined, policy: Policy, now: number): Step {
  const since = Date.parse(mark ?? '');
  if (Number.isNaN(since) || since > now) return 'mark';
  return policy === 'Delete' && now - since >= graceMs ? 'delete' : 'wait';
}
