import type { Build } from '../../crds/build/build.ts';
import { type BuildStatus, mostQueuePosition, mostStageSeconds } from '../../crds/build/status.ts';
import type { Condition } from '../../crds/conditions/condition.ts';
import { removeCondition, setCondition, summarise, wholeSeconds } from '../../crds/conditions/conditions.ts';
import { stateOf } from '../../crds/conditions/states.ts';
import { reasons, type SummaryReason } from '../../crds/reasons/reasons.ts';
import { type StageTime, type Succeeded, stageMessages } from '../../images/driver/driver.ts';
import type { Stored } from '../../kube/index.ts';
import { attemptOf, type Decision } from './decide.ts';
import { backOffMs, failureFor } from './failure.ts';
import { maxAttempts } from './options.ts';

export type Fields = { [K in keyof BuildStatus]?: BuildStatus[K] | undefined };

export interface StatusChange {
  readonly fields: Fields;
  readonly reason: SummaryReason;
  readonly message: string;
}

export interface Occasion {
  readonly build: Stored<Build>;
  readonly now: number;
}

export function queuedStatus(place: number): StatusChange {
  const builds = place === 1 ? 'One build goes' : `${place} builds go`;
  const queuePosition = Math.min(place, mostQueuePosition);
  return { fields: { queuePosition }, reason: 'BuildQueued', message: `${builds} first.` };
}

export function untrustedStatus(): StatusChange {
  return { fields: {}, reason: 'BuildQueued', message: 'Nobody vouches for its commit: it is built as untrusted.' };
}

/** What the first stage says too: between the two there is no news. */
const firstMessage = stageMessages.Clone;

export interface Start {
  readonly deadline: number;
  readonly jobName: string;
}

export function startedStatus({ build, now }: Occasion, { deadline, jobName }: Start): StatusChange {
  const startedAt = build.status?.startedAt ?? stamp(now);
  const fields = {
    startedAt,
    deadline: stamp(deadline),
    attempt: attemptOf(build),
    jobName,
    queuePosition: undefined,
    failure: undefined,
    stages: [queueStage(build, startedAt)],
  };
  return { fields, reason: 'Building', message: firstMessage };
}

export function runningStatus(
  build: Stored<Build>,
  progress: Extract<Decision, { do: 'watch' }>['progress'],
): StatusChange {
  const { stages, message } = progress;
  return { fields: { stages: withQueue(build, stages), failure: undefined }, reason: 'Building', message };
}

export function succeededStatus(
  { build, now }: Occasion,
  progress: Succeeded,
  { repository, signedBy }: { readonly repository: string | undefined; readonly signedBy?: string | undefined },
): StatusChange {
  const { digest, sizeBytes, platforms, cachedSteps, totalSteps, stages } = progress;
  const image = repository === undefined ? undefined : `${repository}@${digest}`;
  const fields = {
    ...ended({ build, now }, stages),
    image,
    digest,
    signedBy,
    sizeBytes,
    platforms: [...platforms],
    plan: planOf(progress),
    cachedSteps,
    totalSteps,
    failure: undefined,
  };
  return { fields, reason: 'BuildSucceeded', message: `Pushed ${image ?? digest}.` };
}

function planOf({ plan, dockerfile }: Succeeded): string | undefined {
  return plan ?? (dockerfile === undefined ? undefined : `${dockerfile} of the repository`);
}

export function endedStatus(
  occasion: Occasion,
  { failed, supersededBy }: Extract<Decision, { do: 'end' }>,
  log?: string,
): StatusChange {
  const { reason, message, failure, stages } = failed;
  const fields = {
    ...ended(occasion, stages),
    failure: { ...failureFor(reason, failure), ...(log !== undefined && { log }) },
    ...(supersededBy !== undefined && { supersededBy }),
  };
  return { fields, reason, message };
}

export function retryStatus(
  { build }: Occasion,
  { failed, attempt }: Extract<Decision, { do: 'retry' }>,
): StatusChange {
  const { reason, message, failure, stages } = failed;
  const fields = { attempt, failure: failureFor(reason, failure), stages: withQueue(build, stages) };
  const next = `Attempt ${attempt} of ${maxAttempts} follows in ${backOffMs(attempt) / 1000} s.`;
  return { fields, reason, message: `${message} ${next}` };
}

/** The summary, and Built beside it: both say the same of a Build. */
export function conditionsOf({ build, now }: Occasion, { reason, message }: StatusChange): readonly Condition[] {
  const stamp = { now: new Date(now), generation: build.metadata.generation ?? 1 };
  const summed = summarise(build.status?.conditions ?? [], { reason, message }, stamp);
  if (!('axes' in reasons[reason]) || !(reasons[reason].axes as readonly string[]).includes('Built')) {
    return removeCondition(summed, 'Built');
  }
  const { course } = reasons[reason];
  const status = course === 'Done' ? 'True' : course === 'Working' ? 'Unknown' : 'False';
  return setCondition(summed, { type: 'Built', status, reason, message }, stamp);
}

/** What a running Build shows moves with its stage, not with each sign of life of its pod: every write is a request. */
export function isNews({ status }: Build, { reason, message }: StatusChange): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.reason !== reason || ready.message !== message;
}

export { stateOf };

function ended({ build, now }: Occasion, stages: readonly StageTime[]) {
  const finishedAt = stamp(now);
  return {
    attempt: attemptOf(build),
    startedAt: build.status?.startedAt ?? finishedAt,
    finishedAt,
    queuePosition: undefined,
    stages: withQueue(build, stages),
  };
}

function withQueue(build: Stored<Build>, stages: readonly StageTime[]): StageTime[] {
  const { startedAt } = build.status ?? {};
  return startedAt === undefined ? [...stages] : [queueStage(build, startedAt), ...stages];
}

function queueStage({ metadata }: Stored<Build>, startedAt: string): StageTime {
  const since = metadata.creationTimestamp ?? startedAt;
  const seconds = Math.max(0, Math.round((Date.parse(startedAt) - Date.parse(since)) / 1000));
  return { name: 'Queue', startedAt: since, seconds: Math.min(seconds, mostStageSeconds) };
}

function stamp(ms: number): string {
  return wholeSeconds(new Date(ms));
}
