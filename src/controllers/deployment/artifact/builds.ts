import type { Build } from '../../../crds/build/build.ts';
import { findCondition } from '../../../crds/conditions/conditions.ts';
import { isSummaryReason, type Reason, reasonEntry, type SummaryReason } from '../../../crds/reasons/reasons.ts';
import type { AxisChange } from '../../../rollout/engine/axes.ts';
import type { Finding } from '../../../rollout/engine/state.ts';

export type BuildState = 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

export function buildState({ status }: Pick<Build, 'status'>): BuildState {
  const ready = findCondition(status?.conditions ?? [], 'Ready');
  if (ready?.reason === 'BuildCancelled') return 'Cancelled';
  if (ready?.status === 'True' && status?.image !== undefined) return 'Succeeded';
  return ready !== undefined && reasonEntry(ready.reason)?.course === 'Stuck' ? 'Failed' : 'Running';
}

/** What the Build says of itself, with the last lines of the failing step. */
export function buildFinding({ status }: Pick<Build, 'status'>, name: string): Finding {
  const ready = findCondition(status?.conditions ?? [], 'Ready');
  if (ready === undefined) return { reason: 'BuildQueued', message: `Build ${name} has not started yet.` };
  const lines = (status?.failure?.lines ?? []).slice(-5).join('\n');
  return { reason: summaryReason(ready.reason), message: lines === '' ? ready.message : `${ready.message}\n${lines}` };
}

/** `Built`: whether the image of the newest commit is there. */
export function builtAxis(build: Pick<Build, 'status'> & { metadata: { name?: string } }): AxisChange {
  const { reason, message } = buildFinding(build, build.metadata.name ?? '');
  const status = { Running: 'Unknown', Succeeded: 'True', Failed: 'False', Cancelled: 'False' } as const;
  return { type: 'Built', status: status[buildState(build)], reason, message };
}

/** A reason of a later version than ours is told as the nearest that we know. */
function summaryReason(reason: string): SummaryReason {
  if (reasonEntry(reason) === undefined) return 'Building';
  const known = reason as Reason;
  return isSummaryReason(known) ? known : 'Building';
}
