import type { Json } from '../wire.ts';
import { type AttemptState, arnOf, type DefinitionState, type EcsState, type ServiceState } from './state.ts';

/** Objects as ECS shows them, with the defaults that it adds. */
export function serviceView(service: ServiceState, withTags: boolean): Json {
  const running = service.deployments.reduce((sum, { running }) => sum + running, 0);
  const attempt = service.attempts.at(-1);
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: arnOf('cluster/apps'),
    status: service.status,
    desiredCount: service.desired,
    runningCount: running,
    pendingCount: Math.max(0, service.desired - running),
    launchType: service.launchType,
    platformVersion: 'LATEST',
    taskDefinition: service.taskDefinition,
    deploymentConfiguration: { bakeTimeInMinutes: 0, ...service.configuration },
    networkConfiguration: service.network,
    deployments: service.deployments.map((deployment) => ({
      id: deployment.id,
      status: deployment.status,
      taskDefinition: deployment.revision.taskDefinition,
      desiredCount: deployment.status === 'PRIMARY' ? service.desired : deployment.running,
      runningCount: deployment.running,
      pendingCount: 0,
      failedTasks: deployment.failed,
      createdAt: deployment.createdAt,
      rolloutState: deployment.rollout,
      rolloutStateReason:
        deployment.rollout === 'FAILED' ? 'ECS deployment circuit breaker: tasks failed to start.' : '',
    })),
    events: [],
    createdAt: service.createdAt,
    ...(attempt && { currentServiceDeployment: attempt.arn }),
    schedulingStrategy: 'REPLICA',
    availabilityZoneRebalancing: 'DISABLED',
    ...(withTags && { tags: service.tags }),
  };
}

export function attemptBrief(service: ServiceState, attempt: AttemptState): Json {
  return {
    serviceDeploymentArn: attempt.arn,
    serviceArn: service.arn,
    clusterArn: arnOf('cluster/apps'),
    createdAt: attempt.createdAt,
    startedAt: attempt.createdAt,
    targetServiceRevisionArn: attempt.target.arn,
    status: attempt.status,
    ...(attempt.reason !== undefined && { statusReason: attempt.reason }),
  };
}

export function attemptView(service: ServiceState, attempt: AttemptState): Json {
  const { targetServiceRevisionArn: _, ...brief } = attemptBrief(service, attempt);
  return {
    ...brief,
    lifecycleStage: attempt.stage,
    targetServiceRevision: { arn: attempt.target.arn, requestedTaskCount: service.desired },
    sourceServiceRevisions: attempt.sources.map(({ arn }) => ({ arn })),
    deploymentCircuitBreaker: {
      status: attempt.back ? 'TRIGGERED' : 'MONITORING',
      failureCount: attempt.failures,
      threshold: 5,
    },
    ...(attempt.back && {
      rollback: {
        reason: attempt.reason,
        startedAt: attempt.back.startedAt,
        serviceRevisionArn: attempt.back.revision.arn,
      },
    }),
  };
}

export function definitionView(definition: DefinitionState): Json {
  const { tags: _, ...input } = definition.input;
  return {
    ...input,
    taskDefinitionArn: definition.arn,
    revision: definition.revision,
    status: definition.active ? 'ACTIVE' : 'INACTIVE',
    compatibilities: ['EC2', 'FARGATE'],
  };
}

export function taskView(state: EcsState, arn: string): Json[] {
  return state.stopped
    .filter((task) => task.arn === arn)
    .map(({ taskDefinition, at }) => ({
      taskArn: arn,
      taskDefinitionArn: taskDefinition,
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      stoppedAt: at,
      containers: [{ name: 'app', lastStatus: 'STOPPED', exitCode: 1 }],
    }));
}
