import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { playBuildPod, results } from '../../../test/support/build-pods.ts';
import { buildWorld } from '../../../test/support/build-world.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../../test/support/kinds/cluster.ts';
import { namespaces } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import type { Build } from '../../crds/build/build.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import type { KubeObject, Resource, Stored } from '../../kube/index.ts';
import { persistentVolumeClaims, pods, secrets } from '../../objects/core.ts';
import { builds } from '../../objects/vish.ts';
import { jobs } from '../../objects/workloads.ts';

/* Two namespaces of builds, one for each trust level. */

const namespace = 'build-separation';
const { cloned, built, pushed } = results;
const url = 'http://127.0.0.1:9/shop.git';
const repository = 'registry.test/shop';

let kinds: TestCluster;
let world: Awaited<ReturnType<typeof buildWorld>>;
/** With a cache only one build of a Project runs at a time: the trusted ones are of this one. */
let other: typeof world.project;
let commits = 0;

beforeAll(async () => {
  kinds = await testCluster(`${namespace}-kinds`);
  const login = { credentialsRef: { name: 'ours' }, untrustedCredentialsRef: { name: 'forks' } };
  const project = { url, repository, spec: { image: { repository, ...login } } };
  world = await buildWorld({
    kubeconfig: inject('kubeconfig'),
    namespace,
    project,
    exceptions: [{ cidr: '127.0.0.1', port: 9, http: true }],
    builds: { maxConcurrent: 10, cache: { megabytes: 600 } },
  });
  for (const name of ['ours', 'forks']) {
    const stringData = { '.dockerconfigjson': `{"auths": {"registry.test": {"auth": "${name}"}}}` };
    await world.client.create(secrets, { metadata: { namespace, name }, stringData });
  }
  other = await world.addProject('other', project);
});

afterAll(async () => {
  await world.close();
  await removeNamespace(kinds);
});

const nextCommit = () => String(++commits).padStart(40, '0');
const isOver = ({ status }: Build) => status?.finishedAt !== undefined;
const says = (reason: string) => (build: Build) =>
  findCondition(build.status?.conditions ?? [], 'Ready')?.reason === reason;
const both = () => [world.buildNamespace, world.untrustedNamespace] as const;

async function running(build: Promise<Stored<Build>>): Promise<Stored<Build>> {
  return world.until((await build).metadata.name, says('Building'));
}

/** The next one would wait for its place. */
async function ended(build: Stored<Build>): Promise<void> {
  await world.client.delete(builds, { namespace, name: build.metadata.name });
  await until(async () => (await all(build)).length === 0, { deadlineMs: 40_000, describe: () => all(build) });
}

const all = async (build: Stored<Build>) => [
  ...(await partsIn(both()[0], build)),
  ...(await partsIn(both()[1], build)),
];

/** What a namespace holds of a build, its pods too, which may end last. */
async function partsIn(place: string, { metadata: { uid } }: Stored<Build>): Promise<string[]> {
  const scope = { namespace: place, labelSelector: `vish.dev/build-uid=${uid}` };
  const found: string[] = [];
  for (const resource of [jobs, secrets, pods] as readonly Resource[]) {
    const { items } = await world.client.list<KubeObject>(resource, scope);
    found.push(...items.map(() => resource.kind));
  }
  return found;
}

async function loginIn(place: string, { metadata: { uid } }: Stored<Build>): Promise<string> {
  const secret = await world.client.get(secrets, { namespace: place, name: `build-${uid}-1` });
  return Object.values(secret.data ?? {})
    .map((value) => Buffer.from(value, 'base64').toString())
    .join();
}

it('makes what belongs to a build in the namespace of its trust level, and nothing in the other one', async () => {
  const [trustedPlace, untrustedPlace] = both();
  const untrusted = await running(world.byHand(nextCommit()));
  await until(async () => (await partsIn(untrustedPlace, untrusted)).length === 3);
  const login = await loginIn(untrustedPlace, untrusted);
  const strangers = await partsIn(trustedPlace, untrusted);
  await playBuildPod(world.client, { namespace: untrustedPlace, uid: untrusted.metadata.uid }, [cloned, built, pushed]);
  const done = await world.until(untrusted.metadata.name, isOver);
  const trusted = await running(world.build(nextCommit(), {}, other));
  await until(async () => (await partsIn(trustedPlace, trusted)).length === 3);
  const volumes = async (place: string) =>
    (await world.client.list(persistentVolumeClaims, { namespace: place })).items.length;

  expect(strangers).toEqual([]);
  expect(login).toContain('forks');
  expect(login).not.toContain('ours');
  expect(done.status).toMatchObject({ state: 'Succeeded', trust: 'Untrusted' });
  expect(await partsIn(untrustedPlace, trusted)).toEqual([]);
  expect(await loginIn(trustedPlace, trusted)).toContain('ours');
  expect([await volumes(trustedPlace), await volumes(untrustedPlace)]).toEqual([1, 0]);
  await ended(untrusted);
  await ended(trusted);
});

it('is not deceived by a Job and a pod that somebody made in the other namespace, and takes them away', async () => {
  const [trustedPlace, untrustedPlace] = both();
  const build = await running(world.byHand(nextCommit()));
  const { uid, name } = build.metadata;
  const real = await world.client.get(jobs, { namespace: untrustedPlace, name: `build-${uid}-1` });
  const { labels = {}, annotations = {} } = real.metadata;
  const { containers = [], ...pod } = real.spec?.template.spec ?? {};
  const template = {
    metadata: { labels: { 'vish.dev/build-uid': uid }, annotations },
    spec: { ...pod, containers },
  };
  const fake = {
    metadata: { namespace: trustedPlace, name: `build-${uid}-1`, labels, annotations },
    spec: { template },
  };
  await world.client.create(jobs, fake);
  await world.client.create(secrets, { metadata: { ...fake.metadata }, stringData: { a: 'b' } });
  await playBuildPod(world.client, { namespace: trustedPlace, uid }, [cloned, built, { ...pushed, sizeBytes: 666 }]);
  await playBuildPod(world.client, { namespace: untrustedPlace, uid }, [cloned, built, pushed]);
  const { status } = await world.until(name, isOver);
  await world.restart();
  await until(async () => (await partsIn(trustedPlace, build)).length === 0, { deadlineMs: 40_000 });

  expect(status).toMatchObject({ state: 'Succeeded', sizeBytes: 7 });
  expect(await partsIn(untrustedPlace, build)).toContain('Job');
  await ended(build);
});

it('leaves nothing in either namespace of Builds that were deleted while it was away', async () => {
  const trusted = await running(world.build(nextCommit(), {}, other));
  const untrusted = await running(world.byHand(nextCommit()));
  await world.restart(async () => {
    for (const { metadata } of [trusted, untrusted])
      await world.client.delete(builds, { namespace, name: metadata.name });
  });

  for (const build of [trusted, untrusted]) {
    await until(async () => (await all(build)).length === 0, { deadlineMs: 40_000, describe: () => all(build) });
  }
  expect([...(await all(trusted)), ...(await all(untrusted))]).toEqual([]);
});

it('starts an untrusted build again that an operator with one namespace for all left there, with no orphan', async () => {
  const [trustedPlace, untrustedPlace] = both();
  await world.restart(undefined, { untrustedNamespace: trustedPlace });
  const old = await running(world.byHand(nextCommit()));
  await until(async () => (await partsIn(trustedPlace, old)).length === 3);
  const trusted = await running(world.build(nextCommit(), {}, other));
  await until(async () => (await partsIn(trustedPlace, trusted)).length === 3);

  await world.restart();
  await until(async () => (await partsIn(trustedPlace, old)).length === 0, { deadlineMs: 40_000 });
  await until(async () => (await partsIn(untrustedPlace, old)).length === 3, { deadlineMs: 40_000 });
  await playBuildPod(world.client, { namespace: untrustedPlace, uid: old.metadata.uid }, [cloned, built, pushed]);
  const { status } = await world.until(old.metadata.name, isOver);

  expect(status).toMatchObject({ state: 'Succeeded', attempt: 1, trust: 'Untrusted' });
  expect(await partsIn(trustedPlace, trusted)).toEqual(['Job', 'Secret', 'Pod']);
  await ended(old);
  await ended(trusted);
});

it('says which namespace is missing, and who has to make it', async () => {
  const missing = `${namespace}-nowhere`;
  await world.restart(undefined, { untrustedNamespace: missing });
  const { name } = (await world.byHand(nextCommit())).metadata;
  const refused = await world.until(name, says('RefusedByCluster'));

  expect(findCondition(refused.status?.conditions ?? [], 'Ready')?.message).toContain(
    `have the administrator make the namespace ${missing}`,
  );
  await world.client.create(namespaces, { metadata: { name: missing } });
  const touched = { metadata: { annotations: { 'example.com/touched': 'yes' } } };
  await world.client.patch(builds, { namespace, name }, touched, { type: 'merge' });
  await world.until(name, says('Building'));
  await world.client.delete(namespaces, { name: missing });
});
