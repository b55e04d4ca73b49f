import type { Service, Task } from '@aws-sdk/client-ecs';
import type { SummaryReason } from '../../../crds/reasons/reasons.ts';
import { sayable } from '../account/sayable.ts';

export interface Cause {
  readonly reason: SummaryReason;
  readonly message: string;
}

interface Rule extends Cause {
  readonly when: RegExp;
}

/** What ECS and its agent write when a task could not run, the most telling first, and what to do about it. */
const taskRules: readonly Rule[] = [
  {
    when: /OutOfMemory/u,
    reason: 'OutOfMemory',
    message: 'The app was killed because it used more memory than it may; raise workload.memory.',
  },
  {
    when: /CannotPull.*(not authorized to perform|role has the permissions|AccessDenied)/su,
    reason: 'TargetForbidden',
    message:
      'The task may not pull the image; give spec.ecs.executionRoleArn ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer.',
  },
  {
    when: /(CannotPull|ResourceInitializationError).*(network configuration|connection|i\/o timeout|deadline exceeded|retried [0-9]+ time)/su,
    reason: 'TargetInvalid',
    message:
      'The task reaches no AWS service from its subnet; give spec.ecs.subnets a NAT gateway or endpoints for ECR, S3 and logs, or set assignPublicIp: true in public subnets.',
  },
  {
    when: /descriptor matching platform|exec format error/u,
    reason: 'TargetInvalid',
    message: 'The image was built for another processor; set spec.ecs.cpuArchitecture, or build for this one.',
  },
  { when: /CannotPull/u, reason: 'ImagePullFailed', message: 'The image cannot be pulled from ECR.' },
  {
    when: /unable to assume the role/u,
    reason: 'TargetForbidden',
    message: 'ECS may not assume a role of the task; let its trust policy name ecs-tasks.amazonaws.com.',
  },
  {
    when: /logger args|CreateLogGroup|CreateLogStream|logs:/u,
    reason: 'TargetForbidden',
    message:
      'The log group cannot be written; give spec.ecs.executionRoleArn logs:CreateLogGroup, logs:CreateLogStream and logs:PutLogEvents.',
  },
  {
    when: /ResourceInitializationError.*(AccessDenied|not authorized)/su,
    reason: 'TargetForbidden',
    message: 'The execution role may not fetch what the task needs; read the text of AWS for the missing right.',
  },
  {
    when: /Network Interface|insufficient.*(address|IP)/iu,
    reason: 'Unschedulable',
    message: 'No network interface could be made; the subnets may have no free address.',
  },
  {
    when: /failed (container|ELB) health checks/iu,
    reason: 'ProbeFailed',
    message: 'The app runs and fails its health check; check workload.health.command and its startupSeconds.',
  },
  {
    when: /CannotStartContainer|CannotCreateContainer|ContainerRuntime|exit (126|127)\b/u,
    reason: 'CrashLoop',
    message: 'The command cannot be started in the image; check workload.command.',
  },
  { when: /Essential container|exit [0-9]+/u, reason: 'CrashLoop', message: 'The app ends soon after its start.' },
];

/** Events of a service that says why it starts no task at all. */
const eventRules: readonly Rule[] = [
  {
    when: /limit on the number of|above your limit/u,
    reason: 'QuotaExceeded',
    message: "The account's Fargate quota allows no further task; ask AWS to raise it, or lower replicas.",
  },
  {
    when: /unable to stop or start tasks.*deployment configuration/u,
    reason: 'TargetInvalid',
    message: 'maxSurge and maxUnavailable let no task be replaced; raise one of them.',
  },
  { when: /was unable to place a task/u, reason: 'Unschedulable', message: 'ECS has no room for the task.' },
  { when: /unable to consistently start tasks/u, reason: 'CrashLoop', message: 'Tasks end soon after their start.' },
];

/** The first rule that any of the release's tasks, or else an event, fulfils. */
export function causeOf(tasks: readonly Task[], service: Service | undefined, since: number): Cause | undefined {
  const events = (service?.events ?? []).filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since);
  return (
    firstMatch(taskRules, tasks.map(textOf)) ??
    firstMatch(
      eventRules,
      events.map(({ message = '' }) => message),
    )
  );
}

function firstMatch(rules: readonly Rule[], texts: readonly string[]): Cause | undefined {
  for (const { when, reason, message } of rules) {
    const text = texts.find((text) => when.test(text));
    if (text !== undefined) return { reason, message: `${message} AWS: ${sayable(text)}` };
  }
  return undefined;
}

function textOf({ stopCode, stoppedReason, containers = [] }: Task): string {
  const [container] = containers;
  const exit = container?.exitCode === undefined ? '' : `exit ${container.exitCode}`;
  return [stopCode, stoppedReason, container?.reason, exit].filter((part) => part).join(' · ');
}
