import { z } from 'zod';
import { labels } from '../../../objects/labels.ts';
import { type RenderInput, TargetError } from '../../target.ts';
import { namesOf } from '../names.ts';
import type { EcsPlace } from '../place.ts';
import { healthCheck } from './health.ts';
import { fargateSize, sizeHint } from './size.ts';

const strings = z.array(z.string()).max(256);

/**
 * What a release freezes: the task definition but for family, image and tags. It has ECS's own shape, so that a newer
 * operator that renders differently registers old releases as they were.
 */
export const renderedTask = z.strictObject({
  task: z.strictObject({
    cpu: z.string(),
    memory: z.string(),
    executionRoleArn: z.string(),
    taskRoleArn: z.string().optional(),
    runtimePlatform: z.strictObject({
      cpuArchitecture: z.enum(['X86_64', 'ARM64']),
      operatingSystemFamily: z.literal('LINUX'),
    }),
  }),
  container: z.strictObject({
    entryPoint: strings.optional(),
    command: strings.optional(),
    environment: z.array(z.strictObject({ name: z.string(), value: z.string() })).max(256),
    portMappings: z.array(z.strictObject({ containerPort: z.number(), protocol: z.literal('tcp') })).max(1),
    healthCheck: z
      .strictObject({
        command: strings,
        interval: z.number(),
        timeout: z.number(),
        retries: z.number(),
        startPeriod: z.number(),
      })
      .optional(),
    dockerLabels: z.record(z.string(), z.string()),
    logConfiguration: z.strictObject({ logDriver: z.literal('awslogs'), options: z.record(z.string(), z.string()) }),
  }),
  hints: z.array(z.string()).max(8),
});

export type RenderedTask = z.output<typeof renderedTask>;

export function renderTask(input: RenderInput, place: EcsPlace): RenderedTask {
  refuseConfiguration(input);
  const { settings } = place;
  const { workload } = input.deployment.spec;
  const size = fargateSize(workload.cpu, workload.memory);
  const health = healthCheck(workload.health);
  const sized = sizeHint(workload.cpu, workload.memory, size);
  return {
    task: {
      cpu: String(size.cpu),
      memory: String(size.memory),
      executionRoleArn: settings.executionRoleArn,
      ...(settings.taskRoleArn !== undefined && { taskRoleArn: settings.taskRoleArn }),
      runtimePlatform: { cpuArchitecture: settings.cpuArchitecture, operatingSystemFamily: 'LINUX' },
    },
    container: {
      ...(workload.command && { entryPoint: [...workload.command] }),
      ...(workload.args && { command: [...workload.args] }),
      environment: (workload.env ?? []).map(({ name, value = '' }) => ({ name, value })),
      portMappings: workload.port === undefined ? [] : [{ containerPort: workload.port, protocol: 'tcp' }],
      ...(health.check && { healthCheck: health.check }),
      dockerLabels: {
        [labels.release]: input.name,
        ...(input.restartedAt !== undefined && { 'vish.dev/restarted-at': input.restartedAt }),
      },
      logConfiguration: logsOf(input, place),
    },
    hints: [...(sized === undefined ? [] : [sized]), ...health.hints],
  };
}

/** Plain text in a task definition can be read by everyone who may describe it, so a Secret never goes there. */
function refuseConfiguration({ deployment, configuration }: RenderInput): void {
  const { env = [], envFrom = [] } = deployment.spec.workload;
  const referring = env.find(({ valueFrom }) => valueFrom !== undefined)?.name;
  if (referring === undefined && envFrom.length === 0 && configuration.length === 0) return;
  const where = referring === undefined ? 'workload.envFrom' : `workload.env ${referring}`;
  throw new TargetError(
    'Unsupported',
    `${where} takes from a ConfigMap or Secret, which a Target on ECS cannot give to the app; use plain env values there, and let the app read secrets from AWS with spec.ecs.taskRoleArn.`,
  );
}

/** Non-blocking: a log service that is slow must not stop the app's writes. */
function logsOf({ deployment }: RenderInput, place: EcsPlace): RenderedTask['container']['logConfiguration'] {
  const { service, logGroup } = namesOf(deployment, place);
  const options = {
    'awslogs-group': logGroup,
    'awslogs-create-group': 'true',
    'awslogs-region': place.settings.region,
    'awslogs-stream-prefix': service,
    mode: 'non-blocking',
  };
  return { logDriver: 'awslogs', options };
}
