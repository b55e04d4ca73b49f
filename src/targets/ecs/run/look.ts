import type { Service } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Lru } from '../../../kube/lru/lru.ts';
import type { Release } from '../../../rollout/release.ts';
import { TargetError } from '../../target.ts';
import type { Session } from '../account/sessions.ts';
import { hasTags } from '../account/tags.ts';
import { familyOf, type Names } from '../names.ts';
import { attemptsOf } from './history.ts';
import { type Standing, standingOf } from './standing.ts';

/** The fields of `status.ecs`. A status can be written by others, so nothing here decides where anything is sent. */
export const memorySchema = z.object({
  serviceArn: z.string().max(2048).optional(),
  deploymentArn: z.string().max(2048).optional(),
  taskDefinitionArn: z.string().max(2048).optional(),
  repositoryUri: z.string().max(512).optional(),
});

export type EcsMemory = z.output<typeof memorySchema>;

export function memoryOf(memory: unknown): EcsMemory {
  const parsed = memorySchema.safeParse(memory);
  return parsed.success ? parsed.data : {};
}

export interface Look {
  readonly service: Service | undefined;
  readonly standing: Standing;
}

export interface LookOptions {
  readonly names: Names;
  readonly memory: unknown;
  readonly signal: AbortSignal;
  readonly revisions: Lru<string>;
}

/** What is there of a release. Refuses a service of somebody else. */
export async function look(session: Session, release: Release, options: LookOptions): Promise<Look> {
  const { names, signal, revisions } = options;
  const service = await findService(session, names, signal);
  if (service && service.status !== 'INACTIVE' && !hasTags(service.tags, names.tags)) {
    throw new TargetError(
      'TargetNotOwned',
      `The ECS service ${names.service} belongs to somebody else; delete it, or rename the Deployment.`,
    );
  }
  const { cluster } = session.place.settings;
  const attempts =
    service?.status === 'ACTIVE'
      ? await attemptsOf(session, { cluster, service: names.service }, { signal, revisions })
      : [];
  const family = familyOf(names.service, release.number);
  const known = { service, attempts, family, serviceName: names.service, memory: memoryOf(options.memory) };
  return { service, standing: standingOf(known) };
}

/** One that was deleted stays visible as INACTIVE for a time. */
export async function findService(session: Session, names: Names, signal: AbortSignal): Promise<Service | undefined> {
  const { cluster } = session.place.settings;
  const { services = [] } = await session.ask({ action: 'ecs:DescribeServices', signal }, ({ ecs }, sent) =>
    ecs.describeServices({ cluster, services: [names.service], include: ['TAGS'] }, sent),
  );
  return services.find(({ serviceName }) => serviceName === names.service);
}
