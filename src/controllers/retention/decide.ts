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

export type Step = 'mark' | 'unmark' | 'delete' | 'wait';

/** One step at a time, each of them a write that shows. */
export function stepFor({ build, policy, isUnused, now }: Case): Step {
  const mark = build.metadata.annotations?.[annotations.unusedSince];
  if (!isUnused || policy === 'Keep') return mark === undefined ? 'wait' : 'unmark';
  if (mark === imageDeleting) return 'delete';
  const since = Date.parse(mark ?? '');
  if (Number.isNaN(since) || since > now) return 'mark';
  return policy === 'Delete' && now - since >= graceMs ? 'delete' : 'wait';
}
