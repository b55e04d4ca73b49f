import { describe, expect, it } from 'vitest';
import { aRelease } from '../../../../test/support/cluster-place/builders.ts';
import type { Stored } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import type { ReplicaSet } from '../../../objects/workloads.ts';
import { diagnose } from './diagnosis.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

const now = Date.UTC(2026, 0, 1, 0, 1);
const secondsAgo = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const metadata = { namespace: 'shop', name: 'web-1-x', uid: 'u', resourceVersion: '1' };

function aPod(status: Status, extra: Partial<Pod['metadata']> = {}): Stored<Pod> {
  return { metadata: { ...metadata, ...extra }, status };
}

function withContainer(container: Partial<ContainerStatus>): Stored<Pod> {
  const whole = { name: 'app', image: 'i', imageID: '', ready: false, restartCount: 0, ...container };
  return aPod({ phase: 'Running', containerStatuses: [whole] });
}

function of(...pods: Stored<Pod>[]) {
  return diagnose({ release: aRelease(), pods }, now);
}

function ofSet(message: string) {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
  const set: Stored<ReplicaSet> = { metadata, status: { replicas: 0, conditions } };
  return diagnose({ release: aRelease(), pods: [], set }, now);
}

const waiting = (reason: string, message = '') => withContainer({ state: { waiting: { reason, message } } });

describe('a replica that does not serve', () => {
  it.each([
    ['ImagePullFailed', 'a node cannot pull the image: not found', waiting('ErrImagePull', 'not found')],
    ['ImagePullFailed', 'a node cannot pull the image: back-off', waiting('ImagePullBackOff', 'back-off')],
    [
      'ConfigurationMissing',
      'container app cannot start: configmap "shop-a" not found',
      waiting('CreateContainerConfigError', 'configmap "shop-a" not found'),
    ],
    [
      'ImageRunsAsRoot',
      'container app: container has runAsNonRoot and image will run as root',
      waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
    ],
    [
      'CrashLoop',
      'container app ends with exit code 17 soon after its start',
      withContainer({
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 17, reason: 'Error' } },
      }),
    ],
    [
      'CrashLoop',
      "container app ends with exit code 1 soon after its start: Error: Cannot find module 'x' | at main.js:1",
      withContainer({
        lastState: {
          terminated: {
            exitCode: 1,
            message: "\n\u001b[31mError\u001b[0m: Cannot find module 'x'\n    at main.js:1\u0007\n",
          },
        },
      }),
    ],
    [
      'CrashLoop',
      'container app ends with exit code 1 soon after its start: Error: Cannot find module | Node.js v24',
      withContainer({
        lastState: {
          terminated: {
            exitCode: 1,
            message: `Error: Cannot find module\n${'    at wrapModuleLoad (node:internal/modules/cjs/loader:261:19)\n'.repeat(20)}Node.js v24\n`,
          },
        },
      }),
    ],
    [
      'CrashLoop',
      'container app ends with exit code 0 soon after its start',
      withContainer({
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
      }),
    ],
    [
      'OutOfMemory',
      'container app uses more memory than it may and is killed',
      withContainer({ restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
    ],
    [
      'ProbeFailed',
      'container app runs and does not answer its health question',
      withContainer({ state: { running: { startedAt: secondsAgo(16) } } }),
    ],
    [
      'Unschedulable',
      'no node takes a replica: 0/3 nodes are available: 3 Insufficient cpu.',
      aPod({
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/3 nodes are available:\n 3 Insufficient cpu.',
          },
        ],
      }),
    ],
  ])('%s: %s', (reason, message, pod) => {
    expect(of(pod)).toEqual({ reason, message });
  });

  it('can never run under a name that is none', () => {
    expect(of(waiting('InvalidImageName', 'bad'))).toMatchObject({ reason: 'ImagePullFailed', final: true });
  });
  it.each([
    ['one that has just started', withContainer({ state: { running: { startedAt: secondsAgo(5) } } })],
    ['one that is being made', waiting('ContainerCreating')],
    [
      'one that serves again',
      withContainer({ ready: true, restartCount: 2, lastState: { terminated: { exitCode: 1 } } }),
    ],
    ['one that was evicted', aPod({ ...waiting('ErrImagePull').status, phase: 'Failed' })],
    ['one that is ending', aPod(waiting('ErrImagePull').status ?? {}, { deletionTimestamp: secondsAgo(1) })],
    [
      'an init container that is done',
      aPod({
        initContainerStatuses: [
          {
            name: 'init',
            image: 'i',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode: 0 } },
          },
        ],
      }),
    ],
  ])('says nothing about %s', (_, pod) => {
    expect(of(pod)).toBeUndefined();
  });
  it('names what explains the most', () => {
    const unanswering = withContainer({ state: { running: { startedAt: secondsAgo(60) } } });

    expect(of(unanswering, waiting('ErrImagePull', 'x'))?.reason).toBe('ImagePullFailed');
  });
});

describe('a pod that the server refuses to make', () => {
  const quota =
    'pods "web-1-abcde" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';

  it('is a matter of the quota, without the name that changes with every try', () => {
    expect(ofSet(quota)).toEqual({
      reason: 'QuotaExceeded',
      message: 'no further replica: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
    });
  });
  it('is otherwise one of the template', () => {
    expect(ofSet('pods "web-1-x" is forbidden: violates PodSecurity "restricted:latest"')).toEqual({
      reason: 'InvalidTemplate',
      message: 'the API server refuses the pods: violates PodSecurity "restricted:latest"',
    });
  });
});

it('keeps messages of others to one line that fits', () => {
  const message = of(waiting('ErrImagePull', `a\nb ${'x'.repeat(5000)}`))?.message ?? '';

  expect(message).toContain('a b x');
  expect(message.length).toBeLessThan(500);
});
