import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { clusterPlaces } from '../../../test/support/cluster-place/places.ts';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { until } from '../../../test/support/until.ts';
import type { KubeObject } from '../../kube/index.ts';
import { configMaps, pods, services } from '../../objects/core.ts';
import { deployments } from '../../objects/vish.ts';
import { appsDeployments, controllerRevisions, podDisruptionBudgets, replicaSets } from '../../objects/workloads.ts';

let server: ApiServer;
let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  server = await startApiServer({ name: `hand-over-${process.pid}`, hollowNodes: 2 });
  rig = await deploymentRig('deployment-hand-over', { kubeconfig: server.kubeconfig, places: clusterPlaces });
});
afterAll(() => server.stop());
afterAll(() => rig.close());

const key = (name: string) => ({ namespace: rig.namespace, name });
const patience = { deadlineMs: 60_000, everyMs: 100 };
/** The garbage collector hears of a new kind of owner within half a minute, and tries again after that. */
const collected = { deadlineMs: 150_000, everyMs: 500 };

async function podsBehind(service: string): Promise<string[]> {
  const { spec } = await rig.client.get(services, key(service));
  const labelSelector = Object.entries(spec?.selector ?? {}).map(([label, value]) => `${label}=${value}`);
  const { items } = await rig.client.list(pods, { namespace: rig.namespace, labelSelector: labelSelector.join(',') });
  const running = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return running.map(({ metadata, spec: of }) => `${metadata.name} ${of?.containers[0]?.image}`).toSorted();
}

async function setsOf(app: string) {
  const { items } = await rig.client.list(replicaSets, { namespace: rig.namespace });
  return items.filter(({ metadata }) => metadata.labels?.['vish.dev/deployment'] === app);
}

const ownerKinds = ({ metadata }: KubeObject) =>
  (metadata.ownerReferences ?? []).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);

it('gives the pods that run to apps/v1, which rolls on from them, and leaves all of the app behind', async () => {
  await rig.client.create(configMaps, { metadata: key('settings'), data: { a: '1' } });
  const workload = { port: 80, scale: { replicas: 2 }, envFrom: [{ configMapRef: { name: 'settings' } }] };
  await rig.apply('shop', { source: image(1), workload });
  await rig.until('shop', isLive(1));
  await rig.patch('shop', { source: image(2) });
  await rig.until('shop', isLive(2));
  const before = await podsBehind('shop');
  await rig.annotate('shop', { 'vish.dev/hand-over': 'deployment/shop' });
  const handed = await rig.until('shop', isReason('HandedOver'));
  const after = await podsBehind('shop');
  await until(async () => {
    const { status } = await rig.client.get(appsDeployments, key('shop'));
    return status?.updatedReplicas === 2 && status.availableReplicas === 2;
  }, patience);
  const apps = await rig.client.get(appsDeployments, key('shop'));
  const sets = (await setsOf('shop')).filter(({ spec }) => spec?.replicas !== 0);
  await rig.client.delete(deployments, key('shop'));
  // The first release goes with it, so the garbage collector has been there.
  await until(
    async () => (await rig.client.list(controllerRevisions, { namespace: rig.namespace })).items.length === 1,
    collected,
  );
  const [revision] = (await rig.client.list(controllerRevisions, { namespace: rig.namespace })).items;
  const copies = (await rig.client.list(configMaps, { namespace: rig.namespace })).items.filter((each) =>
    ownerKinds(each).includes('apps/v1 ControllerRevision'),
  );
  const budget = await rig.client.get(podDisruptionBudgets, key('shop'));
  const left = await podsBehind('shop');
  const container = { name: 'app', image: 'registry.example.com/web:3' };
  const next = { spec: { template: { spec: { containers: [container] } } } };
  await rig.client.patch(appsDeployments, key('shop'), next, { type: 'strategic' });
  await until(async () => (await podsBehind('shop')).filter((pod) => pod.endsWith(':3')).length === 2, patience);

  expect(after).toEqual(before);
  expect(left).toEqual(before);
  expect(apps.spec?.paused).not.toBe(true);
  expect(handed.status).toMatchObject({ state: 'HandedOver', handOver: { deployment: 'shop' } });
  expect(handed.status?.live).toBeUndefined();
  expect(sets.map(ownerKinds)).toEqual([['apps/v1 Deployment']]);
  expect(revision && ownerKinds(revision)).toEqual(['apps/v1 Deployment']);
  expect(copies.length).toBeGreaterThan(0);
  expect(ownerKinds(budget)).toEqual([]);
}, 240_000);

it('gives back what it took over, and waits until the name is free', async () => {
  const labels = { app: 'old' };
  const container = { name: 'main', image: 'registry.example.com/old:1', ports: [{ containerPort: 80 }] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await rig.client.create(appsDeployments, { metadata: key('old'), spec });
  await rig.client.create(services, { metadata: key('old'), spec: { selector: labels, ports: [{ port: 80 }] } });
  await until(async () => (await rig.client.get(appsDeployments, key('old'))).status?.readyReplicas === 2, patience);
  const before = await podsBehind('old');
  const workload = { port: 80, scale: { replicas: 2 } };
  await rig.apply('kept', {
    source: image(1),
    workload,
    paused: true,
    target: { cluster: { adopt: { name: 'old' } } },
  });
  await rig.until('kept', isReason('Paused'));
  await rig.annotate('kept', { 'vish.dev/hand-over': 'deployment/old' });
  const blocked = await rig.until('kept', isReason('HandOverBlocked'));
  await rig.client.delete(appsDeployments, key('old'));
  // Another operator asks at once; this one would a minute later.
  await rig.restart();
  await rig.until('kept', isReason('HandedOver'));
  const back = await rig.client.get(appsDeployments, key('old'));

  expect(condition(blocked, 'Stalled')?.message).toContain('Deployment.apps old exists');
  expect(blocked.status?.live).toMatchObject({ release: 1, ready: 2 });
  expect(back.spec?.selector.matchLabels).toEqual(labels);
  expect(await podsBehind('old')).toEqual(before);
  expect((await setsOf('kept')).map(ownerKinds)).toEqual([['apps/v1 Deployment']]);
}, 120_000);
