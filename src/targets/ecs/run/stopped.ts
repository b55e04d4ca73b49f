import type { Service, Task } from '@aws-sdk/client-ecs';
import type { Session } from '../account/sessions.ts';
import { familyOfDefinition } from '../names.ts';
import { type Cause, causeOf } from './causes.ts';
import type { Standing } from './standing.ts';

const shown = 20;

/** Why tasks of a release failed, asked only when some did: ECS shows stopped tasks for about an hour. */
export async function whyTasksFail(
  session: Session,
  { service, standing, family }: { service: Service; standing: Standing; family: string },
  signal: AbortSignal,
): Promise<Cause | undefined> {
  if (!failing(service, standing, family)) return undefined;
  const cluster = session.place.settings.cluster;
  const { taskArns = [] } = await session.ask({ action: 'ecs:ListTasks', signal }, ({ ecs }, sent) =>
    ecs.listTasks(
      {
        cluster,
        desiredStatus: 'STOPPED',
        maxResults: shown,
        ...(service.serviceName && { serviceName: service.serviceName }),
      },
      sent,
    ),
  );
  const tasks = taskArns.length > 0 ? await described(session, cluster, { taskArns, signal }) : [];
  const ours = tasks.filter(({ taskDefinitionArn = '' }) => familyOfDefinition(taskDefinitionArn) === family);
  const since = 'attempt' in standing ? (standing.attempt?.createdAt ?? 0) : 0;
  return causeOf(ours, service, since);
}

async function described(
  session: Session,
  cluster: string,
  { taskArns, signal }: { taskArns: string[]; signal: AbortSignal },
): Promise<Task[]> {
  const { tasks = [] } = await session.ask({ action: 'ecs:DescribeTasks', signal }, ({ ecs }, sent) =>
    ecs.describeTasks({ cluster, tasks: taskArns }, sent),
  );
  return tasks;
}

function failing({ deployments = [] }: Service, standing: Standing, family: string): boolean {
  if (standing.kind === 'GaveUp') return true;
  if (standing.kind !== 'Moving') return false;
  const lost = deployments.some(
    ({ taskDefinition = '', failedTasks = 0 }) => failedTasks > 0 && familyOfDefinition(taskDefinition) === family,
  );
  return lost || (standing.attempt?.failures ?? 0) > 0;
}
