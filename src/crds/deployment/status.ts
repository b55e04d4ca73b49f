import { z } from 'zod';
import { trust } from '../build/status.ts';
import { statusFields } from '../conditions/condition.ts';
import { atomicList, listMap } from '../fields/lists.ts';
import { label, objectName } from '../fields/names.ts';
import { int32, int64 } from '../fields/numbers.ts';
import { time } from '../fields/references.ts';
import { text } from '../fields/text.ts';
import { commit, digest, imageReference } from '../fields/urls.ts';
import { strategyTypes } from '../strategy/strategy.ts';

/** Every outcome that a release can have. */
export const outcomes = ['Live', 'InProgress', 'Superseded', 'RolledBack', 'Aborted', 'Failed'] as const;
export const causes = ['Commit', 'Spec', 'ConfigMap', 'Secret', 'Rollback', 'Restart', 'Retry', 'Adoption'] as const;
export const actionNames = ['Promote', 'Abort', 'Retry', 'Rollback', 'Restart', 'Skip', 'HandOver'] as const;
export const hookResults = ['Running', 'Passed', 'Failed'] as const;
export const checkResults = ['Running', 'Passed', 'Failed', 'NoData', 'Inconclusive'] as const;

const hook = z.strictObject({
  result: z.enum(hookResults).describe('Result so far.'),
  startedAt: time().describe('When it was asked for; tells one try from another.'),
  deadline: time().describe('When it is given up.'),
  message: text(1024, { min: 0 }).optional().describe('How it ended, with its last log lines where it failed.'),
});

const release = z.strictObject({
  number: int64(1).describe('Number of the release; never used twice.'),
  name: objectName().describe('Its ControllerRevision.'),
  outcome: z.enum(outcomes).describe('How it ended, or that it has not.'),
  cause: z.enum(causes).describe('What started it.'),
  commit: commit().optional().describe('Commit of the image.'),
  image: imageReference().optional().describe('Image that runs.'),
  digest: digest().optional().describe('Digest of the image.'),
  trust: trust().optional().describe('Trust level of the build.'),
  startedAt: time().describe('When the rollout started.'),
  finishedAt: time().optional().describe('When it ended.'),
  reason: text(64).optional().describe('Why it ended so, as a word of the reference of reasons.'),
  message: text(1024, { min: 0 }).optional().describe('Why it ended so.'),
  hooks: z
    .strictObject({
      before: hook.optional().describe('Run of hooks.beforeRelease.'),
      after: hook.optional().describe('Run of hooks.afterRelease.'),
    })
    .optional()
    .describe('Its release commands; what has passed is not run again for it.'),
});

const checkStatus = z.strictObject({
  name: label(40).describe('Name of the check.'),
  release: int64(1).describe('Number of the release that it was asked about.'),
  step: int32(0, 64).optional().describe('Step that waits for it; absent for one in the background.'),
  result: z.enum(checkResults).describe('Result so far.'),
  value: text(256, { min: 0 }).optional().describe('Last value.'),
  query: text(4096).optional().describe('Query as it was asked, without credentials.'),
  measurements: int32(0, 1_000_000).optional().describe('Measurements with data that were counted.'),
  failures: int32(0, 1_000_000).optional().describe('Failed ones.'),
  noData: int32(0, 1_000_000).optional().describe('Ones without data, one after the other.'),
  measuredAt: time().optional().describe('When the last one was taken.'),
  nextAt: time().optional().describe('When the next one is due.'),
  deadline: time().optional().describe('When the one that is overdue counts as one without data.'),
  message: text(1024, { min: 0 }).optional().describe('What it found.'),
});

const side = z.strictObject({
  release: int64(1).describe('Number of the release.'),
  weight: int32(0, 100).describe('Share of the traffic, in percent.'),
  replicas: int32(0, 100_000).describe('Replicas that exist.'),
  ready: int32(0, 100_000).describe('Replicas that can serve.'),
});

const rollout = z.strictObject({
  release: int64(1).describe('Number of the release that comes.'),
  strategy: z.enum(strategyTypes).describe('Strategy that it started with.'),
  phase: text(32).describe('What it waits for.'),
  step: int32(0, 64).describe('Step that it is at, from 0.'),
  steps: int32(0, 64).describe('Number of steps.'),
  progress: text(16).describe('Step and number of steps, for people.'),
  startedAt: time().describe('When it started.'),
  phaseStartedAt: time().describe('When this phase started.'),
  deadline: time().optional().describe('When this phase is given up; absent while a person decides.'),
  seen: text(256, { min: 0 }).optional().describe('Progress as the place last told it.'),
  progressedAt: time().optional().describe('When that last changed; the deadline counts from here.'),
  approved: z.boolean().optional().describe('Whether a person has promoted the present step.'),
  aborting: z.boolean().optional().describe('Whether it is on its way back.'),
});

const action = z.strictObject({
  action: z.enum(actionNames).describe('What was asked for.'),
  value: text(253).describe("The annotation's value: the release that it is bound to."),
  recordedAt: time().describe('When it was taken in; it is valid after the annotation is gone.'),
  refused: text(1024).optional().describe('Why it was not done.'),
  clearedAt: time().optional().describe('When the annotation was gone; from then on the same value is a new wish.'),
});

const ecs = z.strictObject({
  serviceArn: text(2048).optional().describe('The service.'),
  deploymentArn: text(2048).optional().describe('The service deployment that this release caused.'),
  taskDefinitionArn: text(2048).optional().describe('The task definition of the release.'),
  repositoryUri: text(512).optional().describe('Where the image was copied to.'),
});

const handOver = z.strictObject({
  deployment: objectName().describe('Name of the apps/v1 Deployment.'),
  replicaSet: objectName().describe('ReplicaSet of the release that served; it goes on under the other owner.'),
  startedAt: time().describe('From then on nothing else is done for this Deployment.'),
  finishedAt: time().optional().describe('When apps/v1 had taken it.'),
});

const queued = z.strictObject({
  release: int64(1).describe('Number of the release.'),
  since: time().describe('When it began to wait.'),
  position: int32(0, 100_000).describe('Rollouts that go first, as last counted.'),
});

export const deploymentStatus = z.strictObject({
  ...statusFields,
  state: text(32).optional().describe('One word for people, derived from the conditions.'),
  url: text(2048).optional().describe('Where it answers.'),
  replicas: int32(0, 100_000).optional().describe('Replicas that serve live traffic; for autoscalers.'),
  readyReplicas: int32(0, 100_000).optional().describe('Those of them that are ready.'),
  selector: text(1024).optional().describe('Label selector of the replicas that serve live traffic; for autoscalers.'),
  observedCommit: commit().optional().describe('Newest commit seen.'),
  heldCommit: commit()
    .optional()
    .describe('Newest commit that is not rolled out because of pin, suspend or a rollback.'),
  build: objectName().optional().describe('Build that is waited for.'),
  live: side.optional().describe('Release that serves.'),
  next: side.optional().describe('Release that comes.'),
  queued: queued.optional().describe('Release that waits for its turn, because others are rolled out.'),
  rollout: rollout.optional().describe('The rollout under way.'),
  checks: listMap(checkStatus, { max: 64 }).optional().describe('Checks of the rollout under way, or of the last one.'),
  previous: z
    .strictObject({
      release: int64(1).describe('Number of the release.'),
      warmUntil: time().optional().describe('When its replicas go.'),
    })
    .optional()
    .describe('Release that can take over at once.'),
  pinned: z
    .strictObject({
      release: int64(1).describe('Number of the release.'),
      since: time().describe('When.'),
      message: text(1024, { min: 0 }).describe('Why.'),
    })
    .optional()
    .describe('Set by a manual rollback; ends with vish.dev/retry or when spec.pin is set.'),
  refusedRelease: text(128)
    .optional()
    .describe('Hash of the release that failed; it is not tried again until it changes.'),
  restartedAt: time().optional().describe('When a restart was last asked for; part of each release.'),
  lastRelease: int64().optional().describe('Highest number given to a release.'),
  history: listMap(release, { max: 50, keys: ['number'] })
    .optional()
    .describe('Releases, newest first.'),
  handOver: handOver.optional().describe('Set by vish.dev/hand-over as soon as it has begun.'),
  actions: listMap(action, { max: actionNames.length, keys: ['action'] })
    .optional()
    .describe('Last action of each sort.'),
  hints: atomicList(text(1024), { max: 8 })
    .optional()
    .describe('What could not be done as asked and what was done instead.'),
  memory: text(2048).optional().describe('What the place wants to be reminded of, in a form of its own.'),
  ecs: ecs.optional().describe('What was made in ECS.'),
});

export type DeploymentStatus = z.output<typeof deploymentStatus>;
export type ReleaseRecord = z.output<typeof release>;
export type HookStatus = z.output<typeof hook>;
export type CheckStatus = z.output<typeof checkStatus>;
export type RolloutStatus = z.output<typeof rollout>;
export type ActionRecord = z.output<typeof action>;
