import { buildReasons } from './build.ts';
import type { ReasonEntry } from './entry.ts';
import { rolloutReasons } from './rollout.ts';
import { sourceReasons } from './source.ts';
import { targetReasons } from './target.ts';
import { workloadReasons } from './workload.ts';

/** Every reason that a condition can carry. The reference documentation is made from this table. */
export const reasons = {
  ...sourceReasons,
  ...buildReasons,
  ...rolloutReasons,
  ...workloadReasons,
  ...targetReasons,
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof reasons;

/** Reasons that can sum up an object; the others stand on an axis only. */
export type SummaryReason = {
  [Name in Reason]: (typeof reasons)[Name] extends { onlyAxes: true } ? never : Name;
}[Reason];

export function isSummaryReason(reason: Reason): reason is SummaryReason {
  return !('onlyAxes' in reasons[reason]);
}

export function reasonEntry(reason: string): ReasonEntry | undefined {
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason] : undefined;
}
