import type { Build } from '../../crds/build/build.ts';
import type { Condition } from '../../crds/conditions/condition.ts';
import type { Project } from '../../crds/project/project.ts';
import { type Failed, isWorkStage, type Succeeded } from '../../images/driver/driver.ts';
import { jobNameOf } from '../../images/driver/job/names.ts';
import { namespaceFor } from '../../images/driver/job/options.ts';
import { buildIdentity } from '../../images/identity.ts';
import { done, isKubeError, isRefusal, type Logger, type Result, type Stored } from '../../kube/index.ts';
import { repositoryAddress } from '../../source/git/repository.ts';
import { queueLookMs } from '../queue/line.ts';
import { afterFailure, type Decision, refOf } from './decide.ts';
import { finish } from './finish.ts';
import { NotReady } from './not-ready.ts';
import type { BuildParts } from './parts.ts';
import { deadlineOf, prepare } from './prepare.ts';
import {
  conditionsOf,
  endedStatus,
  type Fields,
  isNews,
  queuedStatus,
  retryStatus,
  runningStatus,
  type StatusChange,
  startedStatus,
  stateOf,
  untrustedStatus,
} from './status.ts';
import { repositoryOf, trustOf } from './trust.ts';

export interface Turn {
  readonly build: Stored<Build>;
  readonly project: Stored<Project> | undefined;
  readonly decision: Decision;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** A registry that was just pushed to is seldom away for long. */
const unsignedLookMs = 15_000;
/** Secrets and quotas are not watched. */
const blockedLookMs = 60_000;

/** Does what was decided. Effects come before the status that tells of them, so that a crash in between repeats them. */
export async function act(turn: Turn, parts: BuildParts): Promise<Result> {
  const { build, decision, signal } = turn;
  const ref = refOf(build);
  switch (decision.do) {
    case 'tidy':
      return tidy(turn, parts);
    case 'succeed':
      return succeed(turn, parts, decision.progress);
    case 'end':
      return end(turn, parts, decision);
    case 'retry':
      await parts.driver.cleanUp(ref, signal);
      await parts.driver.cancel(ref, signal);
      await write(turn, parts, retryStatus(turn, decision));
      return done;
    case 'watch':
      return watch(turn, parts, runningStatus(build, decision.progress));
    case 'refuse':
      yieldPlace(turn, parts);
      await write(turn, parts, { fields: {}, reason: decision.reason, message: decision.message });
      return done;
    case 'distrust':
      await write(turn, parts, untrustedStatus());
      return done;
    case 'pause':
      return { requeueAfterMs: decision.ms };
    default:
      return enter(turn, parts);
  }
}

async function succeed(turn: Turn, parts: BuildParts, progress: Succeeded): Promise<Result> {
  const deadline = deadlineOf(turn.build, turn.now, parts.options);
  const outcome = await finish({ ...turn, progress, deadline }, parts);
  if (outcome.is === 'failed') return end(turn, parts, { do: 'end', failed: outcome.failed, cancel: false });
  await write(turn, parts, outcome.change);
  return outcome.is === 'done' ? done : { requeueAfterMs: unsignedLookMs };
}

/** The lines are read before the pod goes. */
async function end(turn: Turn, parts: BuildParts, decision: Extract<Decision, { do: 'end' }>): Promise<Result> {
  const { build, signal } = turn;
  const ref = refOf(build);
  const log = await keptLines(turn, parts, decision.failed);
  if (decision.cancel) await parts.driver.cancel(ref, signal);
  await write(turn, parts, endedStatus(turn, decision, log));
  return done;
}

async function keptLines({ build, signal }: Turn, { driver, lines }: BuildParts, failed: Failed) {
  const { stage } = failed.failure;
  if (failed.reason === 'BuildCancelled' || !isWorkStage(stage)) return undefined;
  const ref = refOf(build);
  return lines.keep(build, await driver.lastLines(ref, stage, signal), signal);
}

async function tidy({ build, signal }: Turn, { admissions, driver, wake }: BuildParts): Promise<Result> {
  const ref = refOf(build);
  await driver.cleanUp(ref, signal);
  admissions.leave(build.metadata.uid);
  for (const key of admissions.next()) wake(key);
  return done;
}

async function watch(turn: Turn, parts: BuildParts, change: StatusChange): Promise<Result> {
  const { build, now } = turn;
  const deadline = deadlineOf(build, now, parts.options);
  const started = build.status?.startedAt === undefined ? startedStatus(turn, startOf(build, deadline)).fields : {};
  if (isNews(build, change)) await write(turn, parts, { ...change, fields: { ...started, ...change.fields } });
  return { requeueAfterMs: Math.max(1000, deadline - now) };
}

async function enter(turn: Turn, parts: BuildParts): Promise<Result> {
  const place = parts.admissions.enter(turn.build);
  if (place === 0) return start(turn, parts);
  await write(turn, parts, queuedStatus(place));
  return { requeueAfterMs: queueLookMs };
}

async function start(turn: Turn, parts: BuildParts): Promise<Result> {
  const { build, project, now, signal } = turn;
  if (project === undefined) return done;
  const deadline = deadlineOf(build, now, parts.options);
  try {
    await parts.driver.start(await prepare({ build, project, deadline, now }, parts, signal), signal);
  } catch (error) {
    if (error instanceof NotReady) return notReady(turn, parts, error);
    if (isRefusal(error)) return refused(turn, parts, error.message);
    // Without the build namespace its objects are not found.
    if (!isKubeError(error, 'NotFound')) throw error;
    const namespace = namespaceFor(trustOf(build), parts.options);
    const remedy = `have the administrator make the namespace ${namespace}, where builds of this trust level run`;
    return refused(turn, parts, `${error.message}; ${remedy}`);
  }
  await write(turn, parts, startedStatus(turn, startOf(build, deadline)));
  return { requeueAfterMs: Math.max(1000, deadline - now) };
}

function refused(turn: Turn, parts: BuildParts, what: string): Promise<Result> {
  return notReady(turn, parts, new NotReady('RefusedByCluster', `The API server refuses to ${what}.`));
}

/** Whoever asked for a place in the meantime was told to wait. */
function yieldPlace({ build }: Turn, { admissions, wake }: BuildParts): void {
  for (const key of admissions.yieldPlace(build.metadata.uid)) wake(key);
}

const mayCome: ReadonlySet<string> = new Set(['CredentialsMissing', 'RefusedByCluster', 'SigningKeyUnusable']);

/** Missing credentials may come, and keys, and room; the rest is a failed try like any other. */
async function notReady(turn: Turn, parts: BuildParts, { reason, message }: NotReady): Promise<Result> {
  if (mayCome.has(reason)) {
    if (turn.build.status?.startedAt === undefined) yieldPlace(turn, parts);
    await write(turn, parts, { fields: {}, reason, message });
    return { requeueAfterMs: blockedLookMs };
  }
  const failed = { state: 'Failed', stages: [], reason, message, failure: { stage: 'Clone' } } as const;
  return act({ ...turn, decision: afterFailure(turn.build, failed) }, parts);
}

/** One write, or none when nothing differs. */
async function write(turn: Turn, parts: BuildParts, change: StatusChange): Promise<void> {
  const { build, signal, log } = turn;
  const draft = parts.status.begin(build);
  const conditions = conditionsOf(turn, change);
  draft.set({ ...identityOf(turn), ...change.fields, state: stateOf(conditions) });
  draft.setConditions(conditions.flatMap(wanted));
  const written = await draft.commit({ signal, log });
  if (written !== undefined && written !== build) parts.wrote(written);
}

export const ownedConditions = ['Ready', 'Reconciling', 'Stalled', 'Built'];

function wanted({ type, status, reason, message, observedGeneration = 1 }: Condition) {
  return ownedConditions.includes(type) ? [{ type, status, reason, message, observedGeneration }] : [];
}

/** Decided once: a repository that moved, or a Project that was made again, makes it no other Build. */
function identityOf({ build, decision, project }: Turn): Fields {
  const observedGeneration = build.metadata.generation;
  const trust = decision.do === 'distrust' ? 'Untrusted' : build.status?.trust;
  if (project === undefined || trust === undefined || build.status?.identity !== undefined) {
    return { observedGeneration };
  }
  const { id: repositoryId } = repositoryAddress(project.spec.source.git?.url ?? '');
  const identity = buildIdentity({
    projectUid: project.metadata.uid,
    repositoryId,
    commit: build.spec.commit,
    imageRepository: repositoryOf(project, trust),
    path: build.spec.path,
    build: build.spec.build,
    trust,
  });
  return { observedGeneration, trust, identity, repositoryId };
}

function startOf(build: Stored<Build>, deadline: number) {
  return { deadline, jobName: jobNameOf(refOf(build)) };
}
