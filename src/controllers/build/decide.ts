import type { Build } from '../../crds/build/build.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import { objectName } from '../../crds/fields/names.ts';
import type { SummaryReason } from '../../crds/reasons/reasons.ts';
import type { BuildProgress, BuildRef, Failed, Succeeded } from '../../images/driver/driver.ts';
import type { Stored } from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import { backOffMs, isPassing } from './failure.ts';
import { maxAttempts } from './options.ts';
import { trustOf } from './trust.ts';

export interface View {
  readonly build: Stored<Build>;
  readonly hasProject: boolean;
  /** See `awaitsVoucher`. */
  readonly awaitsVoucher: boolean;
  readonly progress: BuildProgress;
  readonly now: number;
}

export type Decision =
  /** It is over; what it left behind goes. */
  | { readonly do: 'tidy' }
  | { readonly do: 'succeed'; readonly progress: Succeeded }
  /** Over without an image. `cancel`: something may still run. */
  | { readonly do: 'end'; readonly failed: Failed; readonly cancel: boolean; readonly supersededBy?: string }
  | { readonly do: 'retry'; readonly failed: Failed; readonly attempt: number }
  | { readonly do: 'watch'; readonly progress: Extract<BuildProgress, { state: 'Running' }> }
  | { readonly do: 'refuse'; readonly reason: SummaryReason; readonly message: string }
  | { readonly do: 'pause'; readonly ms: number }
  /** Nobody vouches for the commit: noted once and for all, before anything is made of it. */
  | { readonly do: 'distrust' }
  /** As soon as there is a place. */
  | { readonly do: 'start' };

type Rule = (view: View) => Decision | undefined;

/** The first that has something to say decides. */
const rules: readonly Rule[] = [over, succeeded, superseded, failed, late, running, orphaned, unvouched, backingOff];

export function decide(view: View): Decision {
  for (const rule of rules) {
    const decision = rule(view);
    if (decision !== undefined) return decision;
  }
  return { do: 'start' };
}

export function attemptOf({ status }: Pick<Build, 'status'>): number {
  return status?.attempt ?? 1;
}

/** How the driver finds what belongs to this Build now. */
export function refOf(build: Pick<Stored<Build>, 'metadata' | 'status'>): BuildRef {
  return { uid: build.metadata.uid, trust: trustOf(build), attempt: attemptOf(build) };
}

function over({ build }: View): Decision | undefined {
  return build.status?.finishedAt === undefined ? undefined : { do: 'tidy' };
}

function succeeded({ progress }: View): Decision | undefined {
  return progress.state === 'Succeeded' ? { do: 'succeed', progress } : undefined;
}

function superseded({ build, progress }: View): Decision | undefined {
  const by = build.metadata.annotations?.[annotations.supersededBy];
  if (by === undefined || by === '') return undefined;
  const failed = endedBy('BuildCancelled', 'A newer commit took its place.', progress);
  // Anybody's text. A status with what is no name would be refused, and the Build never end.
  const { data: supersededBy } = objectName().safeParse(by);
  return { do: 'end', failed, cancel: true, ...(supersededBy !== undefined && { supersededBy }) };
}

function failed({ build, progress }: View): Decision | undefined {
  if (progress.state !== 'Failed') return undefined;
  return afterFailure(build, progress);
}

/** What follows a try that failed, wherever it failed. */
export function afterFailure(build: Pick<Build, 'status'>, failed: Failed): Decision {
  const attempt = attemptOf(build);
  if (!isPassing(failed.reason)) return { do: 'end', failed, cancel: false };
  if (attempt < maxAttempts) return { do: 'retry', failed, attempt: attempt + 1 };
  const message = `${failed.reason} in ${maxAttempts} attempts, at last: ${failed.message}`;
  return { do: 'end', failed: { ...failed, reason: 'BuildGaveUp', message }, cancel: true };
}

/** For a try that the kubelet does not end: no node took its pod, or the node does not answer. */
function late({ build, progress, now }: View): Decision | undefined {
  const deadline = Date.parse(build.status?.deadline ?? '');
  if (Number.isNaN(deadline) || now < deadline) return undefined;
  const why = progress.state === 'Running' ? ` ${progress.message}` : '';
  const failed = endedBy('BuildTimedOut', `The build did not end before its deadline.${why}`, progress);
  return { do: 'end', failed, cancel: true };
}

function running({ progress }: View): Decision | undefined {
  return progress.state === 'Running' ? { do: 'watch', progress } : undefined;
}

function orphaned({ build, hasProject, progress }: View): Decision | undefined {
  if (hasProject) return undefined;
  const message = `there is no Project "${build.spec.projectRef.name}" in this namespace; create it, or correct projectRef`;
  // Between two tries it has a place in the queue, which it would keep for ever: nothing wakes it.
  if (build.status?.startedAt !== undefined) {
    return { do: 'end', failed: endedBy('ProjectNotFound', message, progress), cancel: false };
  }
  return { do: 'refuse', reason: 'ProjectNotFound', message };
}

/** Longer than a restart of the operator takes. */
const voucherMs = 10 * 60_000;

function unvouched({ build, awaitsVoucher, progress, now }: View): Decision | undefined {
  if (build.status?.trust !== undefined) return undefined;
  if (!awaitsVoucher) return { do: 'distrust' };
  const ms = Date.parse(build.metadata.creationTimestamp ?? '') + voucherMs - now;
  if (ms > 0) return { do: 'pause', ms };
  return { do: 'end', failed: endedBy('BuildCancelled', 'No Deployment waits for it.', progress), cancel: false };
}

/** Ready turned False when the attempt before failed. */
function backingOff({ build, now }: View): Decision | undefined {
  const attempt = attemptOf(build);
  const ready = findCondition(build.status?.conditions ?? [], 'Ready');
  if (attempt === 1 || ready?.status !== 'False') return undefined;
  const ms = Date.parse(ready.lastTransitionTime) + backOffMs(attempt) - now;
  return ms > 0 ? { do: 'pause', ms } : undefined;
}

function endedBy(reason: SummaryReason, message: string, progress: BuildProgress): Failed {
  const stages = progress.state === 'Absent' ? [] : progress.stages;
  const stage = progress.state === 'Running' ? progress.stage : 'Queue';
  return { state: 'Failed', stages, reason, message, failure: { stage } };
}
