import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { startRegistry, type TestRegistry } from '../../hack/cluster/images/testing/registry.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import { type StatusWatch, watchStatuses } from '../../test/harness/kstatus/status-watch.ts';
import { type OperatorUnderTest, startLocalOperator } from '../../test/harness/operator/local-operator.ts';
import { ecsSettings } from '../../test/support/aws/objects.ts';
import { type AwsStandIn, startAwsStandIn } from '../../test/support/aws/stand-in.ts';
import { condition, isLive, isReason } from '../../test/support/deployment-facts.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { until } from '../../test/support/until.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import type { Target } from '../crds/target/target.ts';
import { pushLayout } from '../images/registry/layout.ts';
import { Layout, plainHttpAt } from '../images/registry/registry-rig.ts';
import { Repository } from '../images/registry/repository.ts';
import { deployments, targets } from '../objects/vish.ts';
import type { Read } from '../objects/wire.ts';
import { createOutbound } from '../outbound/outbound.ts';
import { systemClock } from '../seams/system.ts';
import { namesOf } from '../targets/ecs/names.ts';
import { type EcsPlace, ecsPlaceOf } from '../targets/ecs/place.ts';

const namespace = 'operator-ecs';
const role = ecsSettings().roleArn;
const secrets = ['planted-secret', 'planted-session', 'planted-operator', 'a-registry-password'];

let folder: string;
let server: ApiServer;
let registry: TestRegistry;
let aws: AwsStandIn;
let kinds: TestCluster;
let api: Connected;
let statuses: StatusWatch;
let operator: OperatorUnderTest;
let said = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-ecs-'));
  // Of its own: this operator looks at every namespace, and would take the objects of other suites for its own.
  server = await startApiServer({ name: `operator-ecs-${process.pid}` });
  registry = await startRegistry(await mkdtemp(join(folder, 'registry-')));
  aws = await startAwsStandIn();
  aws.ecr.registry = registry.host;
  kinds = await testCluster(namespace, server.kubeconfig);
  api = await connectTo(server.kubeconfig);
  statuses = await watchStatuses({ transport: api.transport, namespace });
  const settings = { ecs: { endpoint: aws.url }, outbound: { allow: [plainHttpAt(registry.host)] } };
  await writeFile(join(folder, 'settings.yaml'), stringify(settings));
  for (const version of [1, 2, 3, 4, 5]) await push(version);
  await startOperator();
});

afterAll(async () => {
  await operator.stop();
  await statuses.close();
  await removeNamespace(kinds);
  await api.close();
  await aws.stop();
  await registry[Symbol.asyncDispose]();
  await server.stop();
  await rm(folder, { recursive: true });
});

it('lets a Target tell its external id, and takes the first image to a service on ECS', async () => {
  await api.client.create(targets, { metadata: key('frankfurt'), spec: { ecs: ecsSettings() } } as unknown as Target);
  await apply('web', 1);
  const target = () => api.client.get(targets, key('frankfurt'));
  await until(async () => (await target()).status?.ecs?.externalId !== undefined);
  const { metadata, status } = await target();
  expect(status?.ecs?.externalId).toBe(`vish-${metadata.uid}`);

  aws.sts.trust.set(role, status?.ecs?.externalId ?? '');
  // People mend what is missing in AWS, and then touch the Target to be looked at now.
  await api.client.patch(targets, key('frankfurt'), { spec: { ecs: { assignPublicIp: true } } }, { type: 'merge' });
  const web = await reaches('web', isLive(1));

  expect(readyOf(await target())).toMatchObject({ status: 'True', reason: 'TargetReady' });
  expect((await target()).status?.ecs?.accountId).toBe('123456789012');
  expect(web.status).toMatchObject({ state: 'Ready', live: { release: 1, ready: 2 } });
  expect(web.status?.memory).toBeUndefined();
  expect(web.status?.ecs).toMatchObject({ repositoryUri: expect.stringContaining(registry.host) });
  expect(await runningOf('web')).toEqual({ r1: 2 });
}, 120_000);

it('rolls to the next image', async () => {
  await apply('web', 2);
  const web = await reaches('web', isLive(2));

  expect(web.status?.history).toMatchObject([
    { number: 2, outcome: 'Live' },
    { number: 1, outcome: 'Superseded' },
  ]);
  expect(await runningOf('web')).toEqual({ r2: 2 });
}, 120_000);

it('stays with the release that serves when the circuit breaker takes the next one back, and says why', async () => {
  aws.ecs.isBroken = (definition) => definition.includes('-r3:');
  await apply('web', 3);
  const web = await reaches('web', isReason('RolledBack'));

  expect(web.status).toMatchObject({ state: 'RolledBack', live: { release: 2 } });
  expect(web.status?.history?.[0]).toMatchObject({ number: 3, outcome: 'RolledBack' });
  expect(condition(web, 'Stalled')?.status).toBe('True');
  expect(condition(web, 'Available')?.status).toBe('True');
  expect(condition(web, 'Ready')?.message).toContain('EssentialContainerExited');
  expect(await runningOf('web')).toEqual({ r2: 2 });
}, 120_000);

it('is taken over by a newer image in the middle, also when the operator is killed there', async () => {
  await apply('web', 4);
  await reaches('web', ({ status }) => status?.rollout?.release === 4 && status.ecs?.deploymentArn !== undefined);
  await operator.kill();
  said += await operator.logs();
  await apply('web', 5);
  await startOperator();
  const web = await reaches('web', isLive(5));

  expect(web.status?.history).toMatchObject([
    { number: 5, outcome: 'Live' },
    { number: 4, outcome: 'Superseded' },
    { number: 3, outcome: 'RolledBack' },
    {},
    {},
  ]);
  expect(await runningOf('web')).toEqual({ r5: 2 });
}, 120_000);

it('tells Prometheus what it has released since it was started again, and nothing of before', async () => {
  const ofReleases = (outcome: string, value: number) =>
    `vish_releases_total{outcome="${outcome}",environment=""} ${value}`;
  const page = async () => (await operator.metrics()).split('\n');
  // Its own cache may see the end a little later than ours.
  await until(async () => (await page()).includes(ofReleases('Live', 1)));
  const lines = await page();

  expect(lines).toContain(ofReleases('RolledBack', 0));
  expect(lines).toContain('vish_deployment_live_release{namespace="operator-ecs",name="web"} 5');
});

it('keeps a deleted Target until the last Deployment on it has taken its service away', async () => {
  await api.client.delete(targets, key('frankfurt'));
  await until(async () => readyOf(await api.client.get(targets, key('frankfurt')))?.reason === 'TargetInUse');
  await apply('late', 1);
  const late = await reaches('late', isReason('TargetNotFound'));
  expect(condition(late, 'Ready')?.message).toContain('is being deleted');
  expect(late.metadata.finalizers).toBeUndefined();
  await api.client.delete(deployments, key('late'));

  aws.wire.fault = ({ operation }) => (operation === 'ECS.DescribeServices' ? 'denied' : undefined);
  await api.client.delete(deployments, key('web'));
  const stuck = await reaches('web', isReason('TargetForbidden'));
  expect(condition(stuck, 'Ready')?.message).toContain('remove the finalizer vish.dev/target');
  aws.wire.fault = () => undefined;

  await until(async () => (await move()) && (await nothingIsLeft()), { deadlineMs: 90_000, everyMs: 500 });
  expect(aws.ecs.state.services.filter(({ status }) => status !== 'INACTIVE')).toEqual([]);
  expect(aws.ecs.state.definitions.filter(({ active }) => active)).toEqual([]);
  expect([...aws.ecr.repositories.keys()]).toEqual([]);
}, 120_000);

it('tells nobody a secret, and asks AWS for nothing that AWS does not know', async () => {
  said += (await operator.logs()) + (await operator.metrics());

  for (const secret of secrets) expect(said).not.toContain(secret);
  expect(aws.wire.problems).toEqual([]);
});

const key = (name: string) => ({ namespace, name });

const readyOf = ({ status }: Target) => status?.conditions?.find(({ type }) => type === 'Ready');

async function startOperator(): Promise<void> {
  const env = { AWS_ACCESS_KEY_ID: 'AKIAOPERATOR', AWS_SECRET_ACCESS_KEY: 'planted-operator-key' };
  const args = ['--config', join(folder, 'settings.yaml')];
  operator = await startLocalOperator({ kubeconfig: server.kubeconfig, args, env });
}

function apply(name: string, version: number): Promise<Read<Deployment>> {
  const spec = {
    source: { image: `${registry.host}/shop/web:${version}` },
    workload: { port: 8080, scale: { replicas: 2 } },
    target: { ref: { name: 'frankfurt' } },
  };
  const object = { metadata: key(name), spec } as unknown as Deployment;
  return api.client.apply(deployments, object, { fieldManager: 'user' });
}

let moves = 0;

/** One look of ECS's scheduler, and one of the operator, which would look by itself only every ten seconds. */
async function move(): Promise<true> {
  aws.ecs.tick();
  const { items } = await api.client.list(deployments, { namespace });
  const metadata = { annotations: { 'example.com/moved': String(++moves) } };
  for (const item of items)
    await api.client.patch(deployments, key(item.metadata.name), { metadata }, { type: 'merge' });
  return true;
}

async function reaches(name: string, holds: (deployment: Read<Deployment>) => boolean): Promise<Read<Deployment>> {
  let last: Read<Deployment> | undefined;
  const arrived = async () => {
    await move();
    last = await api.client.get(deployments, key(name));
    return holds(last);
  };
  const describe = async () => ({ status: last?.status, log: (await operator.logs()).slice(-3000) });
  await until(arrived, { deadlineMs: 90_000, everyMs: 500, describe });
  return last as Read<Deployment>;
}

/** Running tasks by release. */
async function runningOf(name: string): Promise<Record<string, number>> {
  const place = ecsPlaceOf(await api.client.get(targets, key('frankfurt'))) as EcsPlace;
  const { service } = namesOf(await api.client.get(deployments, key(name)), place);
  const parts = aws.ecs.state.services
    .filter((each) => each.name === service && each.status !== 'INACTIVE')
    .flatMap((each) => each.deployments);
  const releaseOf = (definition: string) => /-(r\d+):/u.exec(definition)?.[1] ?? definition;
  return Object.fromEntries(parts.map(({ revision, running }) => [releaseOf(revision.taskDefinition), running]));
}

async function nothingIsLeft(): Promise<boolean> {
  const lists = [api.client.list(deployments, { namespace }), api.client.list(targets, { namespace })];
  return (await Promise.all(lists)).every(({ items }) => items.length === 0);
}

async function push(version: number): Promise<void> {
  const exceptions = [plainHttpAt(registry.host)];
  const outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
  const layout = new Layout(await mkdtemp(join(folder, 'layout-')));
  const { image } = await layout.image([1000]);
  await layout.holds(image);
  const signal = AbortSignal.timeout(60_000);
  const to = { host: registry.host, repository: 'shop/web', access: 'push' as const };
  await pushLayout(layout.folder, new Repository({ outbound, clock: systemClock, signal, ...to }), String(version));
  await outbound.close();
}
