import type { AttemptState, DeploymentState, EcsState, RevisionState, ServiceState } from './state.ts';

/** Tasks of these task definitions start and end at once. */
export type IsBroken = (taskDefinition: string) => boolean;

interface Limits {
  readonly most: number;
  readonly least: number;
}

/** One look of the scheduler at every service. */
export function tick(state: EcsState, isBroken: IsBroken): void {
  for (const service of state.services) {
    if (service.status === 'DRAINING') drain(service);
    if (service.status === 'ACTIVE') schedule(service, state, isBroken);
  }
}

/** Tasks end one look before the service does. */
function drain(service: ServiceState): void {
  const busy = service.deployments.some(({ running }) => running > 0);
  for (const deployment of service.deployments) deployment.running = 0;
  if (!busy) service.status = 'INACTIVE';
}

function schedule(service: ServiceState, state: EcsState, isBroken: IsBroken): void {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const attempt = service.attempts.at(-1);
  if (!primary || !attempt) return;
  const limits = limitsOf(service);
  primary.running = Math.min(primary.running, service.desired);
  if (primary.rollout !== 'FAILED') start(service, primary, { limits, state, isBroken, attempt });
  if (service.deployments.includes(primary)) stopOthers(service, primary, limits);
  finish(service, primary, attempt, state);
}

/** The least is rounded up and the most is rounded down. */
function limitsOf({ desired, configuration }: ServiceState): Limits {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = configuration as Partial<Record<string, number>>;
  return {
    most: Math.floor((desired * maximumPercent) / 100),
    least: Math.ceil((desired * minimumHealthyPercent) / 100),
  };
}

interface World {
  readonly limits: Limits;
  readonly state: EcsState;
  readonly isBroken: IsBroken;
  readonly attempt: AttemptState;
}

/** One task at a look, so that a rollout has a middle. */
function start(service: ServiceState, primary: DeploymentState, { limits, state, isBroken, attempt }: World): void {
  if (primary.running >= service.desired || totalOf(service) >= limits.most) return;
  if (!isBroken(primary.revision.taskDefinition)) {
    primary.running++;
    primary.failed = 0;
    return;
  }
  primary.failed++;
  attempt.failures++;
  state.stopped.push({
    arn: `arn:aws:ecs:eu-central-1:123456789012:task/apps/${state.clock}`,
    service: service.name,
    taskDefinition: primary.revision.taskDefinition,
    at: ++state.clock,
  });
  if (attempt.failures >= thresholdOf(service)) giveUp(service, primary, attempt, state);
}

function thresholdOf({ configuration }: ServiceState): number {
  const breaker = configuration['deploymentCircuitBreaker'] as
    | { enable: boolean; thresholdConfiguration?: { value: number } }
    | undefined;
  return breaker?.enable === true ? (breaker.thresholdConfiguration?.value ?? 10) : Number.POSITIVE_INFINITY;
}

/** Back to what completed last; without that it only stops starting tasks. */
function giveUp(service: ServiceState, primary: DeploymentState, attempt: AttemptState, state: EcsState): void {
  const why = 'ECS deployment circuit breaker: tasks failed to start.';
  primary.rollout = 'FAILED';
  if (!service.completed || service.completed === attempt.target) return;
  attempt.status = 'ROLLBACK_IN_PROGRESS';
  attempt.reason = why;
  attempt.back = { revision: service.completed, startedAt: ++state.clock };
  service.taskDefinition = service.completed.taskDefinition;
  makePrimary(service, service.completed, state);
}

/** A revision that still has tasks takes them along. */
export function makePrimary(service: ServiceState, revision: RevisionState, state: EcsState): void {
  for (const deployment of service.deployments) deployment.status = 'ACTIVE';
  const kept = service.deployments.find((deployment) => deployment.revision.arn === revision.arn);
  service.deployments = service.deployments.filter((deployment) => deployment !== kept && deployment.running > 0);
  service.deployments.unshift({
    id: `ecs-svc/${++state.clock}`,
    revision,
    createdAt: state.clock,
    status: 'PRIMARY',
    running: kept?.running ?? 0,
    failed: 0,
    rollout: 'IN_PROGRESS',
  });
}

function stopOthers(service: ServiceState, primary: DeploymentState, { least }: Limits): void {
  for (const deployment of service.deployments) {
    if (deployment === primary || deployment.status === 'PRIMARY') continue;
    const surplus = Math.max(0, totalOf(service) - least);
    deployment.running -= Math.min(deployment.running, surplus);
  }
}

function finish(service: ServiceState, primary: DeploymentState, attempt: AttemptState, state: EcsState): void {
  const others = service.deployments.filter((deployment) => deployment !== primary && deployment.running > 0);
  if (others.length > 0 || primary.running !== service.desired || !service.deployments.includes(primary)) return;
  service.deployments = [primary];
  primary.rollout = 'COMPLETED';
  if (['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL'].includes(attempt.status)) return;
  attempt.status = attempt.back ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
  attempt.stage = 'CLEAN_UP';
  attempt.finishedAt = ++state.clock;
  service.completed = primary.revision;
}

function totalOf({ deployments }: ServiceState): number {
  return deployments.reduce((sum, { running }) => sum + running, 0);
}
