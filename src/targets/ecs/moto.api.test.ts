import { ECR } from '@aws-sdk/client-ecr';
import { ECS } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type MotoFront, startMotoFront } from '../../../test/support/aws/moto-front.ts';
import { aTarget } from '../../../test/support/aws/objects.ts';
import { aRelease, aTargetOn, names, place, scopeOf } from '../../../test/support/aws/rig.ts';
import { intentFor } from '../contract/drive.ts';
import type { Intent, Observation, Target } from '../target.ts';
import { type EcsPlace, ecsPlaceOf } from './place.ts';
import type { ImageCopy } from './task/images.ts';

let moto: MotoFront;
let copies: ImageCopy[];
let target: Target;
let here: EcsPlace;
let ecs: ECS;
let ecr: ECR;

beforeAll(async () => {
  moto = await startMotoFront();
  const client = {
    endpoint: moto.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  ecs = new ECS(client);
  ecr = new ECR(client);
  await ecs.createCluster({ clusterName: 'apps' });
  here = placeWith({ subnets: moto.subnets });
});

afterAll(async () => {
  ecs.destroy();
  ecr.destroy();
  await moto.stop();
});

beforeEach(async () => {
  copies = [];
  target = aTargetOn(moto.url, async (copy) => void copies.push(copy), here);
  await remove();
  moto.seen.length = 0;
});

it('registers one task definition a release, found again by its tag, and copies its image by digest', async () => {
  const release = aRelease(target, 1);

  await target.prepare(scopeOf(undefined), intentFor(release));
  await aTargetOn(moto.url, async (copy) => void copies.push(copy)).prepare(scopeOf(undefined), intentFor(release));

  expect(count('RegisterTaskDefinition')).toBe(1);
  expect(copies.map(({ from, to, login }) => ({ from, to, username: login.username }))).toEqual([
    { from: release.image, to: `${registry()}/${names.repository}:release-1`, username: 'AWS' },
  ]);
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: `${names.service}-r1` });
  expect(taskDefinition).toMatchObject({
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: place.settings.executionRoleArn,
    containerDefinitions: [{ image: `${registry()}/${names.repository}@${release.image.split('@')[1]}` }],
  });
});

it('creates the service once, and updates it only for what differs', async () => {
  const [first, second] = [aRelease(target, 1), aRelease(target, 2)];

  expect(await until(intentFor(first))).toMatchObject({ outcome: 'Succeeded', available: true });
  // moto drops the deployment configuration of a create, and keeps that of an update.
  await target.advance(scopeOf(undefined), intentFor(first));
  moto.seen.length = 0;
  await target.advance(scopeOf(undefined), intentFor(first));
  expect(count('UpdateService') + count('CreateService')).toBe(0);

  expect(await until(intentFor(second, { from: first }))).toMatchObject({ outcome: 'Succeeded' });
  expect(await until(intentFor(second, { others: [first], replicas: 4 }))).toMatchObject({ outcome: 'Succeeded' });
  const updates = moto.seen.filter(({ operation }) => operation === 'UpdateService').map(({ input }) => input);
  expect(updates).toMatchObject([{ taskDefinition: expect.stringContaining('-r2:1') }, { desiredCount: 4 }]);
  for (const update of updates) expect(update).not.toHaveProperty('forceNewDeployment');
});

it('tags what it makes, and refuses a repository with other tags', async () => {
  await until(intentFor(aRelease(target, 1)));
  const { services: [service] = [] } = await ecs.describeServices({
    cluster: 'apps',
    services: [names.service],
    include: ['TAGS'],
  });
  expect(service?.tags).toContainEqual({ key: 'vish.dev/uid', value: names.tags['vish.dev/uid'] });
  await remove();

  await ecr.createRepository({ repositoryName: names.repository, tags: [{ Key: 'owner', Value: 'somebody' }] });
  await expect(target.prepare(scopeOf(undefined), intentFor(aRelease(target, 1)))).rejects.toMatchObject({
    reason: 'TargetNotOwned',
  });
  await remove();
  expect(count('DeleteRepository')).toBe(1);
  await ecr.deleteRepository({ repositoryName: names.repository });
});

it('forgets a release and removes the rest, any number of times', async () => {
  const [first, second] = [aRelease(target, 1), aRelease(target, 2)];
  await until(intentFor(first));
  await until(intentFor(second, { from: first }));

  await target.forget(scopeOf(undefined), [first]);
  await target.forget(scopeOf(undefined), [first]);
  expect(await families()).toEqual([`${names.service}-r2`]);

  await remove();
  await remove();
  expect(await families()).toEqual([]);
  const { repositories } = await ecr.describeRepositories({});
  expect(repositories).toEqual([]);
});

it('works in the account of the role', async () => {
  const roleArn = 'arn:aws:iam::210987654321:role/vish';
  const elsewhere = placeWith({ roleArn });
  const other = aTargetOn(moto.url, async (copy) => void copies.push(copy), elsewhere);

  await other.prepare(scopeOf(undefined), intentFor(aRelease(other, 1)));

  expect(copies[0]?.to).toContain('210987654321.dkr.ecr.');
  expect(await families()).toEqual([]);
});

function placeWith(changes: Record<string, unknown>): EcsPlace {
  const found = ecsPlaceOf(aTarget(changes));
  if (!found) throw new Error('no place');
  return found;
}

async function until(intent: Intent): Promise<Observation> {
  await target.prepare(scopeOf(undefined), intent);
  for (let tries = 0; tries < 5; tries++) {
    await target.advance(scopeOf(undefined), intent);
    const seen = await target.observe(scopeOf(undefined), intent);
    if (seen.outcome !== 'Running') return seen;
  }
  return target.observe(scopeOf(undefined), intent);
}

async function remove(): Promise<void> {
  for (let tries = 0; tries < 10; tries++) {
    if ((await target.remove(scopeOf(undefined))).done) return;
  }
  throw new Error('it is still there');
}

async function families(): Promise<string[]> {
  const { taskDefinitionArns = [] } = await ecs.listTaskDefinitions({ status: 'ACTIVE' });
  return taskDefinitionArns.map((arn) => arn.split('/')[1]?.split(':')[0] ?? '');
}

const registry = () => '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const count = (operation: string) => moto.seen.filter((seen) => seen.operation === operation).length;
