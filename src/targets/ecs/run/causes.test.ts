import type { Service, Task } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { causeOf } from './causes.ts';

const task = (stoppedReason: string, container: { reason?: string; exitCode?: number } = {}): Task => ({
  stopCode: 'TaskFailedToStart',
  stoppedReason,
  containers: [container],
});

it.each([
  [
    'OutOfMemory',
    'workload.memory',
    task('Essential container in task exited', {
      reason: 'OutOfMemoryError: Container killed due to memory usage',
      exitCode: 137,
    }),
  ],
  [
    'TargetForbidden',
    'executionRoleArn',
    task('CannotPullContainerError: Check that the role has the permissions to pull images'),
  ],
  ['TargetInvalid', 'NAT', task('CannotPullContainerError: pull image: dial tcp: i/o timeout')],
  [
    'TargetInvalid',
    'cpuArchitecture',
    task('CannotPullContainerError: image manifest does not contain descriptor matching platform'),
  ],
  ['ImagePullFailed', 'ECR', task('CannotPullContainerError: not found')],
  ['TargetForbidden', 'ecs-tasks.amazonaws.com', task("ECS was unable to assume the role 'arn:aws:iam::1:role/x'")],
  [
    'TargetForbidden',
    'logs:CreateLogGroup',
    task('ResourceInitializationError: failed to validate logger args: create stream'),
  ],
  ['Unschedulable', 'address', task('Unexpected EC2 error while attempting to Create Network Interface')],
  ['ProbeFailed', 'health', task('Task failed container health checks')],
  ['CrashLoop', 'workload.command', task('Essential container in task exited', { exitCode: 127 })],
  ['CrashLoop', 'exit 1', task('Essential container in task exited', { exitCode: 1 })],
])('finds %s and says %s', (reason, words, stopped) => {
  const cause = causeOf([task('Scaling activity initiated by (deployment ecs-svc/1)'), stopped], undefined, 0);

  expect(cause?.reason).toBe(reason);
  expect(cause?.message).toContain(words);
});

it('looks at events of this attempt alone, when no task tells', () => {
  const message = "was unable to place a task. Reason: You've reached the limit on the number of vCPUs";
  const service: Service = { events: [{ createdAt: new Date(5000), message }] };

  expect(causeOf([], service, 4000)?.reason).toBe('QuotaExceeded');
  expect(causeOf([], service, 6000)).toBeUndefined();
});
