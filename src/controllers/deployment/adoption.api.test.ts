import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { clusterPlaces } from '../../../test/support/cluster-place/places.ts';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { until } from '../../../test/support/until.ts';
import { pods, services } from '../../objects/core.ts';
import { appsDeployments, autoscalers, type ReplicaSet, replicaSets } from '../../objects/workloads.ts';

let server: ApiServer;
let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  server = await startApiServer({ name: `adoption-${process.pid}`, hollowNodes: 2 });
  rig = await deploymentRig('deployment-adoption', { kubeconfig: server.kubeconfig, places: clusterPlaces });
});
afterAll(() => server.stop());
afterAll(() => rig.close());

const key = (name: string) => ({ namespace: rig.namespace, name });
const patience = { deadlineMs: 60_000, everyMs: 100 };

function manifest(name: string, version = 'old') {
  const labels = { app: name };
  const container = { name: 'main', image: `registry.example.com/${name}:${version}`, ports: [{ containerPort: 80 }] };
  return {
    metadata: key(name),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

/** An apps/v1 Deployment of two pods that serve, with a Service of the user. */
async function running(name: string): Promise<void> {
  await rig.client.create(appsDeployments, manifest(name));
  const spec = { selector: { app: name }, ports: [{ port: 80 }] };
  await rig.client.create(services, { metadata: key(name), spec });
  await until(async () => (await rig.client.get(appsDeployments, key(name))).status?.readyReplicas === 2, patience);
}

/** As every app in use was: apps/v1 keeps the ReplicaSet of the version before. */
async function updated(name: string): Promise<void> {
  await rig.client.patch(appsDeployments, key(name), { spec: manifest(name, 'newer').spec }, { type: 'merge' });
  await until(async () => {
    const { metadata, status } = await rig.client.get(appsDeployments, key(name));
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
    return status?.observedGeneration === metadata.generation && counts.every((count) => count === 2);
  }, patience);
}

function adopting(name: string, version = 1) {
  const workload = { port: 80, scale: { replicas: 2 } };
  return { source: image(version), workload, target: { cluster: { adopt: { name } } } };
}

async function setsOf(name: string): Promise<ReplicaSet[]> {
  const { items } = await rig.client.list(replicaSets, { namespace: rig.namespace });
  return items.filter(({ spec }) => spec?.template?.metadata?.labels?.['app'] === name);
}

async function podsOf(name: string): Promise<string[]> {
  const { items } = await rig.client.list(pods, { namespace: rig.namespace, labelSelector: `app=${name}` });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
}

const ownersOf = (sets: readonly ReplicaSet[]) =>
  sets.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).map(({ kind }) => kind));

it('takes over the pods that run, rolls on from them, and goes back to them', async () => {
  await running('old');
  await updated('old');
  const before = await podsOf('old');
  await rig.apply('shop', { ...adopting('old'), paused: true });
  await rig.until('shop', isReason('Paused'));
  const taken = await podsOf('old');
  const held = await rig.get('shop');
  await rig.patch('shop', { paused: false });
  const rolled = await rig.until('shop', isLive(2));
  const [own, old] = [...(await setsOf('old'))].sort((a, b) => (b.spec?.replicas ?? 0) - (a.spec?.replicas ?? 0));
  await rig.annotate('shop', { 'vish.dev/rollback': '1' });
  const back = await rig.until('shop', (d) => isReason('Held')(d) && d.status?.live?.release === 1);

  expect(taken.toSorted()).toEqual(before.toSorted());
  expect(held.status).toMatchObject({
    live: { release: 1, ready: 2 },
    history: expect.arrayContaining([expect.objectContaining({ number: 1, cause: 'Adoption', outcome: 'Live' })]),
  });
  expect(rolled.status?.history).toMatchObject([
    { number: 2, outcome: 'Live' },
    { number: 1, outcome: 'Superseded' },
  ]);
  expect([own?.spec?.replicas, old?.spec?.replicas, old?.metadata.name]).toEqual([
    2,
    0,
    expect.stringMatching(/^old-/u),
  ]);
  expect(back.status?.live).toMatchObject({ release: 1, ready: 2 });
  expect(await podsOf('old')).toHaveLength(2);
  expect(new Set(ownersOf(await setsOf('old')))).toEqual(new Set(['ControllerRevision']));
  expect((await rig.client.get(appsDeployments, key('old'))).spec?.paused).toBe(true);
}, 120_000);

it('keeps what it took over when the old object is pruned, and says so when it comes again and runs pods', async () => {
  await running('pruned');
  await rig.apply('kept', { ...adopting('pruned'), paused: true });
  await rig.until('kept', isReason('Paused'));
  const taken = await podsOf('pruned');
  await rig.client.delete(appsDeployments, key('pruned'), { propagation: 'Foreground' });
  await until(
    async () =>
      (await rig.client.list(appsDeployments, { namespace: rig.namespace })).items.every(
        ({ metadata }) => metadata.name !== 'pruned',
      ),
    patience,
  );
  const afterPrune = await podsOf('pruned');
  await rig.client.create(appsDeployments, manifest('pruned', 'again'));
  await until(async () => (await podsOf('pruned')).length === 4, patience);
  // Another operator asks at once; this one would half a minute later.
  await rig.restart();
  await rig.patch('kept', { paused: false });
  const second = await rig.until('kept', isReason('AdoptionBlocked'));
  await rig.client.delete(appsDeployments, key('pruned'));
  await until(async () => (await podsOf('pruned')).length === 2, patience);
  await rig.restart();
  await rig.annotate('kept', { 'example.com/look': 'again' });
  const live = await rig.until('kept', isLive(2));

  expect(afterPrune.toSorted()).toEqual(taken.toSorted());
  expect(condition(second, 'Stalled')?.message).toContain('runs pods of its own');
  expect(second.status?.live).toMatchObject({ release: 1, ready: 2 });
  expect(live.status?.history).toHaveLength(2);
}, 120_000);

it('changes nothing while something is in the way, and names it', async () => {
  await running('scaled');
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' };
  await rig.client.create(autoscalers, { metadata: key('scaler'), spec: { scaleTargetRef, maxReplicas: 3 } } as never);
  await rig.apply('second', adopting('scaled'));
  const misled = await rig.until('second', isReason('AdoptionBlocked'));
  await running('named');
  await rig.apply('named', adopting('named'));
  const foreign = await rig.until('named', isReason('AdoptionBlocked'));
  const untouched = await Promise.all(['scaled', 'named'].map((name) => rig.client.get(appsDeployments, key(name))));

  expect(condition(misled, 'Ready')?.message).toContain('HorizontalPodAutoscaler scaler');
  expect(condition(foreign, 'Ready')?.message).toContain('Service named is yours');
  expect(untouched.map(({ spec }) => spec?.paused)).toEqual([undefined, undefined]);
}, 120_000);
