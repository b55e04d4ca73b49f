import type { Service } from '@aws-sdk/client-ecs';
import type { Intent, Observation, Side } from '../../target.ts';
import { familyOf, familyOfDefinition, type Names, releaseOfDefinition } from '../names.ts';
import { capacityOf } from './capacity.ts';
import type { Cause } from './causes.ts';
import type { Attempt } from './history.ts';
import type { EcsMemory, Look } from './look.ts';
import type { Standing } from './standing.ts';
import { verdictOf } from './verdict.ts';

/** What was seen, in the words of the contract. `cause` is why tasks of the release fail, if they do. */
export function observationOf(
  { service, standing }: Look,
  intent: Intent,
  { names, cause, memory }: { names: Names; cause: Cause | undefined; memory: EcsMemory },
): Observation {
  const running = service?.status === 'ACTIVE' ? (service.runningCount ?? 0) : 0;
  const available = running >= capacityOf(intent.strategy, intent.replicas).needed;
  const { outcome, reason, message } = verdictOf({ service, standing }, intent, cause);
  return {
    outcome,
    ...(reason !== undefined && { reason }),
    message,
    sides: service ? sidesOf(service, names) : [],
    progress: progressOf({ service, standing }, intent, names),
    available,
    memory: remembered({ service, standing }, intent, { names, memory }),
  };
}

/** A running task is as much as ECS says here; whether it passes its health check decides the attempt. */
function sidesOf({ deployments = [] }: Service, names: Names): Side[] {
  const counts = new Map<number, number>();
  for (const { taskDefinition, runningCount = 0 } of deployments) {
    const release = releaseOfDefinition(names.service, taskDefinition);
    if (release !== undefined && runningCount > 0) counts.set(release, (counts.get(release) ?? 0) + runningCount);
  }
  return [...counts]
    .sort(([one], [two]) => one - two)
    .map(([release, running]) => ({ release, replicas: running, ready: running, available: running }));
}

/**
 * Which attempt, how far, and how many tasks of other releases are left: ECS ends one of those only for one that serves,
 * so tasks that crash again and again do not look like progress.
 */
function progressOf({ service, standing }: Look, { replicas, release }: Intent, names: Names): string {
  const attempt = attemptIn(standing);
  const how = attempt ? [attempt.arn.split('/').at(-1), attempt.status, attempt.stage] : [];
  const serving = standing.kind === 'Serving' ? `${service?.runningCount}/${replicas}` : '';
  const others = `others ${othersIn(service, familyOf(names.service, release.number))}`;
  return [standing.kind, ...how, others, serving].filter((part) => part !== '').join(' ');
}

function othersIn(service: Service | undefined, family: string): number {
  return (service?.deployments ?? [])
    .filter(({ taskDefinition = '' }) => familyOfDefinition(taskDefinition) !== family)
    .reduce((sum, { runningCount = 0 }) => sum + runningCount, 0);
}

function attemptIn(standing: Standing): Attempt | undefined {
  return 'attempt' in standing ? standing.attempt : undefined;
}

function remembered(
  { service, standing }: Look,
  { release }: Intent,
  { names, memory }: { names: Names; memory: EcsMemory },
): EcsMemory {
  const attempt = attemptIn(standing);
  const family = familyOf(names.service, release.number);
  const brought = [attempt?.back, attempt?.target, service?.taskDefinition].find(
    (definition) => definition !== undefined && familyOfDefinition(definition) === family,
  );
  return {
    ...memory,
    ...(service?.serviceArn !== undefined && { serviceArn: service.serviceArn }),
    ...(attempt && brought !== undefined && { deploymentArn: attempt.arn, taskDefinitionArn: brought }),
  };
}
