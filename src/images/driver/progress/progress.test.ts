import { expect, it } from 'vitest';
import type { Pod } from '../../../objects/core.ts';
import type { Job } from '../../../objects/workloads.ts';
import type { StepResult } from '../../steps/result/result.ts';
import { progressOf } from './progress.ts';
import type { ContainerStatus } from './stages.ts';

type Status = NonNullable<Pod['status']>;
type State = NonNullable<ContainerStatus['state']>;

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const digest = `sha256:${'a'.repeat(64)}`;
const job: Job = { metadata: { name: 'build-1' } };

function aPod(states: Partial<Record<'clone' | 'build' | 'push', State>>, status: Status = {}, meta = {}): Pod {
  const of = (name: 'clone' | 'build' | 'push') =>
    ({ name, state: states[name] ?? { waiting: { reason: 'PodInitializing' } } }) as ContainerStatus;
  return {
    metadata: { name: 'build-1-x', ...meta },
    status: { initContainerStatuses: [of('clone'), of('build')], containerStatuses: [of('push')], ...status },
  };
}

function ended(exitCode: number, result?: StepResult, reason = exitCode === 0 ? 'Completed' : 'Error'): State {
  const message = result && JSON.stringify(result);
  return { terminated: { exitCode, reason, startedAt: at(0), finishedAt: at(3), ...(message && { message }) } };
}

const cloned = ended(0, { ok: true, stage: 'Clone', seconds: 1 });
const built = ended(0, {
  ok: true,
  stage: 'Build',
  seconds: 2,
  startSeconds: 1,
  dockerfile: 'Dockerfile',
  cachedSteps: 3,
  totalSteps: 4,
});
const pushed = ended(0, { ok: true, stage: 'Push', seconds: 1, digest, sizeBytes: 7, platforms: ['linux/amd64'] });
const failing = ended(1, {
  ok: false,
  stage: 'Build',
  seconds: 2,
  reason: 'BuildCommandFailed',
  message: 'RUN x: ended with exit code 3',
  step: 'RUN x',
  file: 'Dockerfile',
  line: 2,
  exitCode: 3,
  lines: ['one', 'two'],
});
const toldToEnd = ended(1, {
  ok: false,
  stage: 'Build',
  seconds: 9,
  reason: 'BuildCancelled',
  message: 'told',
  step: 'RUN x',
});

it('is absent before anything was made', () => {
  expect(progressOf(undefined, undefined)).toEqual({ state: 'Absent' });
});

it.each([
  ['Clone', {}, 'The commit is being fetched.'],
  ['Clone', { clone: { running: { startedAt: at(0) } } }, 'The commit is being fetched.'],
  ['Build', { clone: cloned }, 'The image is being built.'],
  ['Push', { clone: cloned, build: built }, 'The image is being pushed.'],
] as const)('runs %s', (stage, states, message) => {
  expect(progressOf(job, aPod(states))).toMatchObject({ state: 'Running', stage, message });
});

it('tells why no node takes it', () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient memory.' },
  ];

  expect(progressOf(job, aPod({}, { conditions }))).toMatchObject({
    state: 'Running',
    message: expect.stringContaining('Insufficient memory'),
  });
});

it('has succeeded as soon as the push has, whatever phase the pod is in', () => {
  expect(progressOf(job, aPod({ clone: cloned, build: built, push: pushed }, { phase: 'Running' }))).toEqual({
    state: 'Succeeded',
    digest,
    sizeBytes: 7,
    platforms: ['linux/amd64'],
    dockerfile: 'Dockerfile',
    cachedSteps: 3,
    totalSteps: 4,
    stages: (['Clone', 'Build', 'Push'] as const).map((name) => ({ name, startedAt: at(0), seconds: 3 })),
  });
});

it('tells what was recognised where the repository has no Dockerfile', () => {
  const derived = ended(0, {
    ok: true,
    stage: 'Build',
    seconds: 2,
    startSeconds: 1,
    dockerfile: 'derived Dockerfile',
    plan: 'derived from go.mod: go 1.26\u001b[2J',
    cachedSteps: 3,
    totalSteps: 4,
  });

  expect(progressOf(job, aPod({ clone: cloned, build: derived, push: pushed }))).toMatchObject({
    plan: 'derived from go.mod: go 1.26',
  });
});

it('does not believe a digest that the build step claims', () => {
  expect(progressOf(job, aPod({ clone: cloned, build: pushed })).state).toBe('Running');
});

const failedJob = (reason: string): Job => ({
  ...job,
  status: { conditions: [{ type: 'Failed', status: 'True', reason }] },
});
const oom = ended(137, undefined, 'OOMKilled');
const disruption = { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }] };
const waiting = (reason: string): State => ({ waiting: { reason, message: 'why' } });

it.each<[string, string, Job, Pod | undefined]>([
  ['a command fails', 'BuildCommandFailed', job, aPod({ clone: cloned, build: failing })],
  ['memory runs out', 'BuildOutOfMemory', job, aPod({ clone: cloned, build: oom })],
  ['a step is killed without a word', 'BuilderUnavailable', job, aPod({ clone: cloned, build: ended(137) })],
  ['a step says nothing', 'BuilderUnavailable', job, aPod({ clone: ended(1) })],
  ['the pod is late', 'BuildTimedOut', job, aPod({ build: toldToEnd }, { reason: 'DeadlineExceeded' })],
  ['the Job is late', 'BuildTimedOut', failedJob('DeadlineExceeded'), undefined],
  [
    'the node is full',
    'BuildEvicted',
    job,
    aPod({ build: oom }, { reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' }),
  ],
  [
    'it writes too much',
    'BuildDiskFull',
    job,
    aPod({}, { reason: 'Evicted', message: 'Usage of EmptyDir volume "scratch" exceeds the limit "5Gi".' }),
  ],
  ['the node goes away', 'BuildEvicted', job, aPod({ build: toldToEnd }, disruption)],
  ['the pod is deleted', 'BuildEvicted', job, aPod({}, {}, { deletionTimestamp: at(0) })],
  ['the pod is gone', 'BuildEvicted', failedJob('BackoffLimitExceeded'), undefined],
  ['the builder image cannot be had', 'BuilderUnavailable', job, aPod({ clone: waiting('ImagePullBackOff') })],
])('when %s it is %s', (_case, reason, job, pod) => {
  expect(progressOf(job, pod)).toMatchObject({ state: 'Failed', reason });
});

it('waits for a Job without a pod, and for the kubelet that pulls again', () => {
  expect(progressOf(job, undefined).state).toBe('Running');
  expect(progressOf(job, aPod({ clone: waiting('ErrImagePull') })).state).toBe('Running');
});

it('keeps what the step could still say when its pod was ended', () => {
  const progress = progressOf(job, aPod({ clone: cloned, build: toldToEnd }, { reason: 'DeadlineExceeded' }));

  expect(progress).toMatchObject({ reason: 'BuildTimedOut', failure: { stage: 'Build', step: 'RUN x' } });
});

it('hands on the place and the lines of a failed command', () => {
  expect(progressOf(job, aPod({ clone: cloned, build: failing }))).toMatchObject({
    failure: { stage: 'Build', step: 'RUN x', file: 'Dockerfile', line: 2, exitCode: 3, lines: ['one', 'two'] },
  });
});
