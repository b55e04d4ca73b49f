import { onTestFinished } from 'vitest';
import { type Deployment, deployment as deploymentKind } from '../../../src/crds/deployment/deployment.ts';
import { workload as workloadSchema } from '../../../src/crds/workload/workload.ts';
import type { Release } from '../../../src/rollout/release.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Inventory, ReleaseOverrides, TargetRig } from '../../../src/targets/contract/rig.ts';
import { Sessions } from '../../../src/targets/ecs/account/sessions.ts';
import { createEcsTarget } from '../../../src/targets/ecs/ecs-target.ts';
import { namesOf, releaseOfDefinition } from '../../../src/targets/ecs/names.ts';
import { type EcsPlace, ecsPlaceOf } from '../../../src/targets/ecs/place.ts';
import type { CopyImage } from '../../../src/targets/ecs/task/images.ts';
import type { Scope, Target } from '../../../src/targets/target.ts';
import { recordingLogger } from '../recording-logger.ts';
import { aTarget } from './objects.ts';
import { type AwsStandIn, startAwsStandIn } from './stand-in.ts';

const place = ecsPlaceOf(aTarget()) as EcsPlace;
const deployment = aDeployment();
const names = namesOf(deployment, place);
const enough = 24;

export interface EcsRig extends TargetRig {
  readonly aws: AwsStandIn;
  readonly deployment: Deployment;
}

/** A Deployment on the stand-in, as the contract wants it. */
export async function makeEcsRig(): Promise<EcsRig> {
  const aws = await startAwsStandIn();
  const { ecs, ecr, sts, wire } = aws;
  onTestFinished(async () => {
    await aws.stop();
    if (wire.problems.length > 0) throw new Error(`not as AWS publishes it: ${wire.problems.slice(0, 5).join('; ')}`);
  });
  sts.trust.set(place.settings.roleArn, place.externalId);
  const copyImage: CopyImage = async ({ from, to }) => ecr.push(to, from.split('@')[1] ?? '');
  const broken = new Set<number>();
  ecs.isBroken = (definition) => broken.has(releaseOfDefinition(names.service, definition) ?? 0);
  // Sessions hold keys and clients, nothing of a release; making them anew for each instance would take most of the time.
  const sessions = sessionsOn(aws.url);
  const newTarget = () => createEcsTarget({ sessions, placeOf: () => place, copyImage, clock: systemClock });
  return {
    aws,
    deployment,
    newTarget,
    scope: scopeOf,
    makeRelease: async (number, overrides) => aRelease(newTarget(), number, overrides),
    settle: async () => {
      for (let count = 0; count < enough; count++) ecs.tick();
    },
    breakRelease: async (number) => void broken.add(number),
    supersede: async () => giveAway(aws, 'UpdateService'),
    becomeUnreachable: async () => {
      wire.fault = () => 'refused';
    },
    occupy: async () => giveAway(aws, 'CreateService'),
    dropRelease: async () => undefined,
    dropDeployment: async () => undefined,
    inventory: async () => inventoryOf(aws),
  };
}

export function aTargetOn(endpoint: string, copyImage: CopyImage, at = place, maxAttempts = 1): Target {
  const sessions = sessionsOn(endpoint, maxAttempts);
  return createEcsTarget({ sessions, placeOf: () => at, copyImage, clock: systemClock });
}

function sessionsOn(endpoint: string, maxAttempts = 1): Sessions {
  const identity = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'planted-operator-key' };
  return new Sessions({ clock: systemClock, endpoint, identity, maxAttempts });
}

export function scopeOf(memory: unknown): Scope {
  return { deployment, memory, signal: AbortSignal.timeout(60_000), log: recordingLogger() };
}

export function aDeployment(): Deployment {
  const { spec } = deploymentKind.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      source: { image: 'registry.example.com/shop/web:1' },
      workload: { port: 8080, health: { command: ['true'] } },
      target: { ref: { name: 'frankfurt' } },
    },
  });
  return {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: '6f1c2f5e-0000-4000-8000-000000000001' },
    spec,
  };
}

export function aRelease(target: Target, number: number, { image, workload }: ReleaseOverrides = {}): Release {
  const name = `web-r${number}`;
  const digest = `sha256:${String(number).padStart(64, '0')}`;
  const wanted = workloadSchema.parse({ ...deployment.spec.workload, ...workload });
  const of = { ...deployment, spec: { ...deployment.spec, workload: wanted } };
  const { scale: _, ...frozen } = wanted;
  const by = image ?? `registry.example.com/shop/web@${digest}`;
  const rendered = target.render({ deployment: of, name, image: by, configuration: [] });
  return {
    number,
    name,
    hash: `hash-${number}`,
    uid: `uid-${number}`,
    image: by,
    workload: frozen,
    configuration: [],
    rendered,
  };
}

/** By somebody else: a task definition of their own, in our service or in one of the same name. */
function giveAway({ ecs }: AwsStandIn, operation: 'CreateService' | 'UpdateService'): void {
  const registered = ecs.serve('RegisterTaskDefinition', {
    family: 'theirs',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'theirs', image: 'theirs' }],
  });
  const { taskDefinitionArn: taskDefinition } = registered['taskDefinition'] as { taskDefinitionArn: string };
  const service = operation === 'CreateService' ? { serviceName: names.service } : { service: names.service };
  ecs.serve(operation, { cluster: 'apps', ...service, taskDefinition, desiredCount: 1 });
}

function inventoryOf({ ecs, ecr }: AwsStandIn): Inventory {
  const { services, definitions } = ecs.state;
  const alive = services.filter(({ status }) => status !== 'INACTIVE');
  const tasks = alive.flatMap(({ deployments }) => deployments).filter(({ running }) => running > 0);
  const ours = tasks.map(({ revision, running }) => [
    releaseOfDefinition(names.service, revision.taskDefinition),
    running,
  ]);
  const active = definitions.filter((definition) => definition.active);
  const known = active
    .map(({ arn }) => releaseOfDefinition(names.service, arn))
    .filter((number) => number !== undefined);
  const theirs = active.filter(({ family }) => family === 'theirs');
  return {
    running: Object.fromEntries(ours.filter(([number]) => number !== undefined)) as Record<number, number>,
    releases: known,
    objects: {
      services: alive
        .filter(({ tags }) => tags.length > 0)
        .map(({ name, status, desired }) => ({ name, status, desired })),
      repositories: [...ecr.repositories.values()].map(({ name, images }) => ({ name, images: [...images] })),
    },
    foreign: {
      definitions: theirs.map(({ family, revision }) => ({ family, revision })),
      services: alive
        .filter(({ taskDefinition }) => releaseOfDefinition(names.service, taskDefinition) === undefined)
        .map(({ name, status, desired }) => ({ name, status, desired })),
    },
  };
}

export { names, place };
