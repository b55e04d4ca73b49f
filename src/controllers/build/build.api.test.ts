import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { aDigest, playBuildPod, results } from '../../../test/support/build-pods.ts';
import { buildWorld } from '../../../test/support/build-world.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../../test/support/kinds/cluster.ts';
import { until } from '../../../test/support/until.ts';
import { type Build, build as buildKind } from '../../crds/build/build.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import type { StepResult } from '../../images/steps/result/result.ts';
import { isKubeError, type Stored, withController } from '../../kube/index.ts';
import { persistentVolumeClaims, pods, secrets } from '../../objects/core.ts';
import { annotations, labels } from '../../objects/labels.ts';
import { builds, projects } from '../../objects/vish.ts';
import { namespacedResource } from '../../objects/wire.ts';
import { jobs } from '../../objects/workloads.ts';

const quotas = namespacedResource('', 'v1', 'ResourceQuota', 'resourcequotas');
const namespace = 'build-controller';
const { cloned, built, pushed } = results;
const url = 'http://127.0.0.1:9/shop.git';
const credentialsRef = { name: 'git' };

let kinds: TestCluster;
let world: Awaited<ReturnType<typeof buildWorld>>;
let commits = 0;

beforeAll(async () => {
  kinds = await testCluster(`${namespace}-kinds`);
  world = await buildWorld({
    kubeconfig: inject('kubeconfig'),
    namespace,
    project: { url, repository: 'registry.test/shop', spec: { source: { git: { url, credentialsRef } } } },
    exceptions: [{ cidr: '127.0.0.1', port: 9, http: true }],
    builds: { maxConcurrent: 1 },
  });
  await world.client.create(secrets, { metadata: { namespace, name: 'git' }, stringData: { token: 'planted-secret' } });
});

afterAll(async () => {
  await world.close();
  await removeNamespace(kinds);
});

beforeEach(() => world.requests.splice(0));

const aBuild = () => world.build(String(++commits).padStart(40, '0'));
const play = ({ metadata: { uid } }: Stored<Build>, ...steps: StepResult[]) =>
  playBuildPod(world.client, { namespace: world.buildNamespace, uid }, steps);
const nameOf = ({ metadata }: Build) => metadata.name ?? '';
const ready = ({ status }: Build) => findCondition(status?.conditions ?? [], 'Ready');
const isOver = ({ status }: Build) => status?.finishedAt !== undefined;
const says = (reason: string) => (build: Build) => ready(build)?.reason === reason;
const ofStage = (message: string) => (build: Build) => ready(build)?.message === message;

async function leftOf({ metadata: { uid } }: Stored<Build>): Promise<string[]> {
  const scope = { namespace: world.buildNamespace, labelSelector: `vish.dev/build-uid=${uid}` };
  const found = [await world.client.list(jobs, scope), await world.client.list(secrets, scope)];
  return found.flatMap(({ items }, index) => items.map(() => ['Job', 'Secret'][index] ?? ''));
}

/** A pod holds its place in the queue to its end, and the garbage collector, which takes it, rests while kinds come and go. */
async function gone(build: Stored<Build>): Promise<void> {
  const scope = { namespace: world.buildNamespace, labelSelector: `vish.dev/build-uid=${build.metadata.uid}` };
  const left = async () => [
    ...(await leftOf(build)),
    ...(await world.client.list(pods, scope)).items.map(({ metadata }) => metadata.name),
  ];
  await until(async () => (await left()).length === 0, { deadlineMs: 40_000, describe: left });
}

/** The one that is built first. */
async function firstOf(...candidates: Stored<Build>[]): Promise<Stored<Build>> {
  let first: Stored<Build> | undefined;
  const look = async () => {
    for (const one of candidates) if (says('Building')(await world.read(nameOf(one)))) first ??= one;
    return first !== undefined;
  };
  await until(look);
  return first ?? Promise.reject(new Error('none is built'));
}

async function finish(build: Stored<Build>): Promise<Stored<Build>> {
  await world.until(nameOf(build), says('Building'));
  await play(build, cloned, built, pushed);
  return world.until(nameOf(build), isOver);
}

it('follows the pod to the digest, and forgets the credentials', async () => {
  const build = await aBuild();
  await world.until(nameOf(build), says('Building'));
  expect((await leftOf(build)).toSorted()).toEqual(['Job', 'Secret']);
  await play(build, cloned);
  await world.until(nameOf(build), ofStage('The image is being built.'));
  await play(build, cloned, built);
  await world.until(nameOf(build), ofStage('The image is being pushed.'));
  await play(build, cloned, built, pushed);
  const { status, ...rest } = await world.until(nameOf(build), isOver);
  await until(async () => (await leftOf(build)).join() === 'Job');

  expect(buildKind.schema.safeParse({ ...rest, status }).error).toBeUndefined();
  expect(status).toMatchObject({
    observedGeneration: 1,
    state: 'Succeeded',
    trust: 'Trusted',
    repositoryId: 'http://127.0.0.1:9/shop',
    image: `registry.test/shop@${aDigest}`,
    digest: aDigest,
    sizeBytes: 7,
    platforms: ['linux/amd64'],
    attempt: 1,
    cachedSteps: 3,
    totalSteps: 4,
  });
  expect(status?.stages?.map(({ name }) => name)).toEqual(['Queue', 'Clone', 'Build', 'Push']);
  expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(['Ready=True', 'Built=True']);
  expect(JSON.stringify([status, world.log.lines])).not.toContain('planted-secret');
});

it('asks the API server for eight things: the credentials, three objects, four times the status', async () => {
  const build = await aBuild();
  await world.until(nameOf(build), says('Building'));
  await play(build, cloned);
  await world.until(nameOf(build), ofStage('The image is being built.'));
  await play(build, cloned, built);
  await world.until(nameOf(build), ofStage('The image is being pushed.'));
  await play(build, cloned, built, pushed);
  await world.until(nameOf(build), isOver);
  await until(async () => (await leftOf(build)).join() === 'Job');

  const asked = world.requests.map((request) => {
    const [method, path = ''] = request.split(' ');
    return `${method} ${/\/(secrets|jobs|builds)(\/[^/]+(\/status)?)?$/.exec(path.replace(/\/namespaces\/[^/]+/, ''))?.[1]}`;
  });
  const writes = Array.from({ length: 4 }, () => 'PATCH builds');
  expect(asked.toSorted()).toEqual(['DELETE secrets', 'GET secrets', ...writes, 'POST jobs', 'POST secrets']);
});

it('trusts no Build that somebody makes by hand, also where it says that the Project owns it', async () => {
  const spec = { projectRef: { name: 'shop' }, commit: 'e'.repeat(40) };
  const kind = { apiVersion: 'vish.dev/v1alpha1', kind: 'Build' } as const;
  await world.client.create(builds, { ...kind, metadata: { namespace, name: 'by-hand' }, spec });
  await world.until('by-hand', says('Building'));
  const { uid } = (await world.read('by-hand')).metadata;
  await playBuildPod(world.client, { namespace: world.untrustedNamespace, uid }, [cloned, built, pushed]);
  const { status } = await world.until('by-hand', isOver);
  const claim = withController(
    { ...kind, metadata: { namespace, name: 'claims' }, spec },
    { resource: projects, object: world.project },
  );
  await world.client.create(builds, claim);
  await finish(await aBuild());

  expect(status).toMatchObject({ trust: 'Untrusted', image: `registry.test/shop-untrusted@${aDigest}` });
  expect((await world.read('claims')).status).toEqual({ observedGeneration: -1 });
});

it('shows why a build failed, and what to do', async () => {
  const build = await aBuild();
  const failed = {
    ok: false,
    stage: 'Build',
    seconds: 1,
    reason: 'BuildCommandFailed',
    message: 'RUN x: ended',
  } as const;
  await world.until(nameOf(build), says('Building'));
  await play(build, cloned, { ...failed, step: 'RUN x', line: 2, file: 'Dockerfile', exitCode: 3, lines: ['no'] });

  const { status } = await world.until(nameOf(build), isOver);

  expect(status?.state).toBe('Failed');
  expect(status?.failure).toMatchObject({ stage: 'Build', class: 'Code', exitCode: 3, lines: ['no'], line: 2 });
  expect(status?.failure?.remedy).toContain('status.failure.lines');
  expect(findCondition(status?.conditions ?? [], 'Stalled')?.reason).toBe('BuildCommandFailed');
});

it('lets builds wait for their turn, and tells how many go first', async () => {
  const first = await aBuild();
  await world.until(nameOf(first), says('Building'));
  const second = await aBuild();
  const waiting = await world.until(nameOf(second), ({ status }) => status?.queuePosition !== undefined);
  expect([waiting.status?.queuePosition, ready(waiting)?.reason]).toEqual([1, 'BuildQueued']);

  await finish(first);

  const started = await world.until(nameOf(second), says('Building'));
  expect(started.status?.queuePosition).toBeUndefined();
  await finish(second);
});

it('ends a build that a newer one replaces', async () => {
  const build = await aBuild();
  await world.until(nameOf(build), says('Building'));
  const change = { metadata: { annotations: { [annotations.supersededBy]: 'newer' } } };

  await world.client.patch(builds, { namespace, name: nameOf(build) }, change, { type: 'merge' });
  const ended = await world.until(nameOf(build), isOver);

  expect(ended.status).toMatchObject({ state: 'Cancelled', supersededBy: 'newer', failure: { class: 'Cancelled' } });
  await gone(build);
});

it('goes on where another process stopped, with one Job', async () => {
  const build = await aBuild();
  await world.until(nameOf(build), says('Building'));
  await world.restart();
  await play(build, cloned, built, pushed);

  await world.until(nameOf(build), isOver);
  const { items } = await world.client.list(jobs, {
    namespace: world.buildNamespace,
    labelSelector: `vish.dev/build-uid=${build.metadata.uid}`,
  });

  expect(items).toHaveLength(1);
});

it('leaves nothing of a Build that is deleted, also when it was away meanwhile', async () => {
  const one = await aBuild();
  await world.until(nameOf(one), says('Building'));
  await world.client.delete(builds, { namespace, name: nameOf(one) });
  await gone(one);

  const other = await aBuild();
  await world.until(nameOf(other), says('Building'));
  await world.restart(() => world.client.delete(builds, { namespace, name: nameOf(other) }));
  await gone(other);

  expect([await leftOf(one), await leftOf(other)]).toEqual([[], []]);
});

it('gives up the cache of a Project that is deleted', async () => {
  const project = await world.addProject('brief', { url, repository: 'registry.test/brief' });
  const { uid } = project.metadata;
  const key = { namespace: world.buildNamespace, name: `cache-${uid}` };
  const metadata = { ...key, labels: { [labels.projectUid]: uid } };
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await world.client.create(persistentVolumeClaims, { metadata, spec });
  const isGoing = () =>
    world.client.get(persistentVolumeClaims, key).then(
      (claim) => claim.metadata.deletionTimestamp !== undefined,
      (error: unknown) => isKubeError(error, 'NotFound'),
    );
  expect(await isGoing()).toBe(false);

  await world.client.delete(projects, { namespace, name: 'brief' });

  await until(isGoing);
});

it('says which Secret is missing, and gives its place to who waits behind it, and to others after', async () => {
  const project = await world.addProject('poor', {
    url,
    repository: 'registry.test/poor',
    spec: { source: { git: { url, credentialsRef: { name: 'none' } } } },
  });
  const first = await aBuild();
  await world.until(nameOf(first), says('Building'));
  const poor = await world.build('f'.repeat(40), {}, project);
  await world.until(nameOf(poor), says('BuildQueued'));
  const behind = await aBuild();
  await world.until(nameOf(behind), says('BuildQueued'));
  await finish(first);

  const refused = await world.until(nameOf(poor), says('CredentialsMissing'));
  const others = [await finish(behind), await finish(await aBuild())];

  expect(ready(refused)?.message).toContain('there is no Secret "none"');
  expect(others.map(({ status }) => status?.state)).toEqual(['Succeeded', 'Succeeded']);
});

it('says that a quota lets it make nothing, leaves its place to others meanwhile, and builds when there is room', async () => {
  const key = { namespace: world.buildNamespace, name: 'none' };
  await world.client.create(quotas, { metadata: key, spec: { hard: { 'count/jobs.batch': '0' } } } as never);
  // Before it was counted for the first time, a quota holds nobody back.
  await until(async () => JSON.stringify(await world.client.get(quotas, key)).includes('"used"'));
  const build = await aBuild();
  const refused = await world.until(nameOf(build), says('RefusedByCluster'));
  await world.client.delete(quotas, key);
  const next = await aBuild();
  // The end of an earlier one may wake it now that there is room: it has the place only to build.
  const first = await firstOf(next, build);
  const ended = [await finish(first)];
  const touched = { metadata: { annotations: { 'example.com/touched': 'yes' } } };
  await world.client.patch(builds, { namespace, name: nameOf(build) }, touched, { type: 'merge' });
  ended.push(await finish(first === next ? build : next));

  expect(ready(refused)?.message).toMatch(/jobs.*quota/u);
  expect(ended.map((one) => ready(one)?.reason)).toEqual(['BuildSucceeded', 'BuildSucceeded']);
});
