import { createHash } from 'node:crypto';
import type { CreateServiceCommandInput, Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import type { EcsTarget } from '../../../crds/target/target.ts';
import type { Intent } from '../../target.ts';
import { ecsTags } from '../account/tags.ts';
import type { Names } from '../names.ts';
import { capacityOf } from './capacity.ts';

type Network = Required<Pick<EcsTarget, 'subnets'>> & Pick<EcsTarget, 'securityGroups' | 'assignPublicIp'>;

/** The fields of the service that are ours; others keep what their owner wrote. */
export interface WantedService {
  readonly desiredCount: number;
  readonly deploymentConfiguration: NonNullable<CreateServiceCommandInput['deploymentConfiguration']>;
  readonly networkConfiguration: NonNullable<CreateServiceCommandInput['networkConfiguration']>;
}

/** Tasks that may fail before ECS gives a release up; one that got healthy in between forgives none. */
const toleratedFailures = 5;

export function wantedService(
  { replicas, strategy }: Pick<Intent, 'replicas' | 'strategy'>,
  settings: Network,
): WantedService {
  const { maximumPercent, minimumHealthyPercent } = capacityOf(strategy, replicas);
  return {
    desiredCount: replicas,
    deploymentConfiguration: {
      strategy: 'ROLLING',
      maximumPercent,
      minimumHealthyPercent,
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: 'COUNT', value: toleratedFailures },
      },
    },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: settings.subnets,
        securityGroups: settings.securityGroups ?? [],
        assignPublicIp: settings.assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
  };
}

/** The token makes a repeated call find the service of the first; it follows from all that the call says. */
export function createInput(
  wanted: WantedService,
  at: { cluster: string; names: Names; taskDefinition: string; incarnation: string },
): CreateServiceCommandInput {
  const input = {
    cluster: at.cluster,
    serviceName: at.names.service,
    taskDefinition: at.taskDefinition,
    launchType: 'FARGATE',
    ...wanted,
    // ECS would move tasks between zones by itself, which needs room above 100 % at all times.
    availabilityZoneRebalancing: 'DISABLED',
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    tags: ecsTags(at.names.tags),
  } satisfies CreateServiceCommandInput;
  const content = JSON.stringify([at.names.tags, at.incarnation, input]);
  return { ...input, clientToken: createHash('sha256').update(content).digest('hex').slice(0, 32) };
}

type Change = Omit<UpdateServiceCommandInput, 'service' | 'cluster'>;

/**
 * Only what differs: what ECS adds by itself is not ours, and some fields start a deployment by being named. Undefined
 * when there is nothing to do.
 */
export function changeOf(
  service: Service,
  wanted: WantedService,
  taskDefinition: string | undefined,
): Change | undefined {
  const change: Change = {
    ...(taskDefinition !== undefined && service.taskDefinition !== taskDefinition && { taskDefinition }),
    ...(service.desiredCount !== wanted.desiredCount && { desiredCount: wanted.desiredCount }),
    ...(!holds(service.deploymentConfiguration, wanted.deploymentConfiguration) && {
      deploymentConfiguration: wanted.deploymentConfiguration,
    }),
    ...(!sameNetwork(service.networkConfiguration, wanted.networkConfiguration) && {
      networkConfiguration: wanted.networkConfiguration,
    }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

type NetworkConfiguration = WantedService['networkConfiguration'];

/** ECS gives both lists back in an order of its own, and may name the default group where none was asked for. */
function sameNetwork(found: NetworkConfiguration | undefined, wanted: NetworkConfiguration): boolean {
  const groups = (wanted.awsvpcConfiguration?.securityGroups ?? []).length > 0;
  return comparable(found, groups) === comparable(wanted, groups);
}

function comparable({ awsvpcConfiguration: vpc }: NetworkConfiguration = {}, groups: boolean): string {
  const { subnets = [], securityGroups = [], assignPublicIp = 'DISABLED' } = vpc ?? {};
  return JSON.stringify([subnets.toSorted(), groups ? securityGroups.toSorted() : [], assignPublicIp]);
}

/** Whether every field of `wanted` is so in `found`, which may hold more. */
function holds(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => holds((found as Record<string, unknown>)[key], value));
}
