import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { type Answering, askingReplicas } from '../../../test/support/cluster-place/asked.ts';
import { clusterPlaces } from '../../../test/support/cluster-place/places.ts';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig, type PlaceTools } from '../../../test/support/deployment-rig.ts';
import { until } from '../../../test/support/until.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { ifPresent, type Resource } from '../../kube/index.ts';
import { pods, services } from '../../objects/core.ts';
import { deployments } from '../../objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../../objects/workloads.ts';

const replicas: Answering = { status: 200, asked: [] };
const places = (tools: PlaceTools) => ({ ...clusterPlaces(tools), measure: askingReplicas(tools, replicas) });

let server: ApiServer;
let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  server = await startApiServer({ name: `deployment-${process.pid}`, hollowNodes: 2 });
  rig = await deploymentRig('deployment-cluster', { kubeconfig: server.kubeconfig, places });
});
afterAll(() => server.stop());
afterAll(() => rig.close());

const workload = { port: 80, scale: { replicas: 2 } };

async function sizes(): Promise<Record<string, number | undefined>> {
  const { items } = await rig.client.list(replicaSets, { namespace: rig.namespace });
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec?.replicas]));
}

it('runs a release, and the next one', async () => {
  await rig.apply('web', { source: image(1), workload });
  const first = await rig.until('web', isLive(1));
  rig.requests.length = 0;
  await rig.apply('web', { source: image(2), workload });
  const second = await rig.until('web', isLive(2));

  expect(first.status).toMatchObject({ replicas: 2, readyReplicas: 2 });
  expect(first.status?.selector).toContain('vish.dev/deployment=web');
  const [two, one] = second.status?.history ?? [];
  expect(await sizes()).toEqual({ [two?.name ?? '']: 2, [one?.name ?? '']: 0 });
  expect(rig.requests.length).toBeLessThanOrEqual(20);
});

it('takes a release that never serves back by itself, also when another operator takes over', async () => {
  const podTemplatePatch = { spec: { readinessGates: [{ conditionType: 'vish.dev/never' }] } };
  const strategy = { progressDeadlineSeconds: 10 };
  await rig.apply('web', { source: image(3), workload, strategy, target: { cluster: { podTemplatePatch } } });
  await rig.until('web', isReason('RollingOut'));
  await rig.restart();
  const back = await rig.until('web', isReason('RolledBack'));

  expect(back.status).toMatchObject({
    live: { release: 2 },
    state: 'RolledBack',
    history: [{ outcome: 'RolledBack' }, {}, {}],
  });
  expect(condition(back, 'Available')?.status).toBe('True');
  expect(condition(back, 'Stalled')?.status).toBe('True');
});

it('goes back by hand and scales what serves', async () => {
  await rig.annotate('web', { 'vish.dev/rollback': '1' });
  await rig.until('web', (deployment) => isReason('Held')(deployment) && deployment.status?.live?.release === 1);
  await rig.client.patch(
    deployments,
    { namespace: rig.namespace, name: 'web' },
    { spec: { replicas: 3 } },
    { type: 'merge', subresource: 'scale' },
  );
  const scaled = await rig.until('web', ({ status }) => status?.readyReplicas === 3);

  expect(scaled.status?.live).toMatchObject({ release: 1, ready: 3 });
});

it('asks replicas of the release that comes for a path, and none of the one that serves', async () => {
  const strategy = { type: 'BlueGreen' as const, blueGreen: { before: ['smoke'] } };
  const checks = [{ name: 'smoke', http: { path: '/healthz' }, intervalSeconds: 1 }];
  const spec = { workload, strategy, checks };
  await rig.apply('asked', { ...spec, source: image(1) });
  await rig.until('asked', isLive(1));
  await rig.apply('asked', { ...spec, source: image(2) });
  const { status } = await rig.until('asked', isLive(2));

  const { items } = await rig.client.list(pods, { namespace: rig.namespace });
  const ofSecond = items.filter(({ metadata }) => metadata.labels?.['vish.dev/release'] === status?.history?.[0]?.name);
  const urls = ofSecond.map((pod) => `http://${pod.status?.podIP}:80/healthz`);
  expect(status?.checks).toMatchObject([{ name: 'smoke', result: 'Passed', value: '200' }]);
  expect(replicas.asked).toHaveLength(3);
  expect(urls).toEqual(expect.arrayContaining(replicas.asked));
});

describe('BlueGreen', () => {
  const strategy = { type: 'BlueGreen', blueGreen: { promotion: 'Manual' } } as const;
  const releaseLed = async (name: string) => {
    const service = await rig.client.get(services, { namespace: rig.namespace, name });
    return service.spec?.selector?.['vish.dev/release'];
  };

  it('switches back without a new pod when a check after the switch fails', async () => {
    const after = { type: 'BlueGreen' as const, blueGreen: { after: ['errors'] } };
    const checks = [{ name: 'errors', http: { path: '/health' }, intervalSeconds: 2, count: 2 }];
    replicas.status = 500;
    await rig.apply('checked', { source: image(1), workload, strategy: after, checks });
    await rig.until('checked', isLive(1));
    await rig.apply('checked', { source: image(2), workload, strategy: after, checks });
    const measured = await rig.until('checked', ({ status }) => status?.checks?.[0]?.failures === 1);
    const [two = '', one = ''] = (measured.status?.history ?? []).map(({ name }) => name);
    const switched = await releaseLed('checked');
    const running = await podNames('checked');
    const back = await rig.until('checked', isReason('RolledBack'));

    expect([switched, await releaseLed('checked')]).toEqual([two, one]);
    expect(measured.status).toMatchObject({ live: { release: 1 }, next: { release: 2, weight: 100 } });
    expect(condition(back, 'Ready')?.message).toContain('Check "errors" failed');
    expect(condition(back, 'Available')?.status).toBe('True');
    expect(running).toEqual(expect.arrayContaining(await podNames('checked')));
  });

  it('shows a preview, switches when a person says so, and goes back without a new pod', async () => {
    await rig.apply('blue', { source: image(1), workload, strategy });
    await rig.until('blue', isLive(1));
    await rig.apply('blue', { source: image(2), workload, strategy });
    const waits = await rig.until('blue', isReason('AwaitingApproval'));
    const [two = '', one = ''] = (waits.status?.history ?? []).map(({ name }) => name);
    const preview = [await releaseLed('blue'), await releaseLed('blue-preview')];
    await rig.annotate('blue', { 'vish.dev/promote': '2/1' });
    const live = await rig.until('blue', isLive(2));
    const switched = await releaseLed('blue');
    const running = await podNames('blue');
    await rig.annotate('blue', { 'vish.dev/rollback': '1' });
    const back = await rig.until('blue', (d) => isReason('Held')(d) && d.status?.live?.release === 1);

    expect(waits.status).toMatchObject({
      state: 'AwaitingApproval',
      live: { release: 1, weight: 100, ready: 2 },
      next: { release: 2, weight: 0, ready: 2 },
      rollout: { strategy: 'BlueGreen', progress: '1/3' },
      replicas: 2,
      selector: `vish.dev/deployment=blue,vish.dev/release=${one}`,
    });
    expect(preview).toEqual([one, two]);
    expect(live.status).toMatchObject({ previous: { release: 1 }, replicas: 2 });
    expect(switched).toBe(two);
    expect(running).toHaveLength(4);
    expect(await releaseLed('blue')).toBe(one);
    expect(running).toEqual(expect.arrayContaining(await podNames('blue')));
    expect(back.status?.history?.[1]).toMatchObject({ number: 1, outcome: 'Live', cause: 'Rollback' });
    const told = rig.events.filter(({ regarding }) => regarding.name === 'blue').map(({ reason }) => reason);
    expect(told).toEqual(expect.arrayContaining(['RollingOut', 'AwaitingApproval', 'ReleaseLive', 'Held']));
  });
});

it('gives a release its share of the replicas where nothing divides the traffic, and says so', async () => {
  const strategy = { type: 'Canary' as const, canary: { steps: [{ weight: 25 }, { approval: {} }] } };
  const four = { port: 80, scale: { replicas: 4 } };
  await rig.apply('shared', { source: image(1), workload: four, strategy });
  await rig.until('shared', isLive(1));
  await rig.apply('shared', { source: image(2), workload: four, strategy });
  const waits = await rig.until('shared', isReason('AwaitingApproval'));
  const quarter = Object.values(await sizes());
  await rig.annotate('shared', { 'vish.dev/promote': '2/full' });
  const live = await rig.until('shared', isLive(2));

  expect(quarter).toEqual(expect.arrayContaining([1, 3]));
  expect(waits.status).toMatchObject({
    next: { release: 2, weight: 25, replicas: 1 },
    live: { weight: 75, replicas: 3 },
    replicas: 4,
    hints: [expect.stringContaining('a share of the replicas')],
  });
  expect(live.status).toMatchObject({ live: { release: 2, weight: 100 }, replicas: 4 });
  expect(live.status).not.toHaveProperty('previous');
});

async function podNames(deployment: string): Promise<string[]> {
  const { items } = await rig.client.list(pods, {
    namespace: rig.namespace,
    labelSelector: `vish.dev/deployment=${deployment}`,
  });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
}

it('says that a release is too large for the cluster', async () => {
  const env = Array.from({ length: 110 }, (_, n) => ({ name: `VARIABLE_${n}`, value: 'x'.repeat(8000) }));
  await rig.apply('large', { source: image(1), workload: { env } });
  const refused = await rig.until('large', isReason('RefusedByCluster'));

  expect(condition(refused, 'Ready')?.message).toContain('too large');
});

it('ends what a Deployment of its name left running, when it was deleted without what it owned', async () => {
  const key = { namespace: rig.namespace, name: 'left' };
  await rig.apply('left', { source: image(1), workload });
  const first = await rig.until('left', isLive(1));
  await rig.client.delete(deployments, key, { propagation: 'Orphan' });
  await orphan(key);
  await isGone(first);
  await rig.apply('left', { source: image(2), workload });
  const second = await rig.until('left', isLive(2));

  const [two, one] = second.status?.history ?? [];
  expect(one).toMatchObject({ name: first.status?.history?.[0]?.name, number: 1 });
  expect(await sizes()).toMatchObject({ [two?.name ?? '']: 2, [one?.name ?? '']: 0 });
}, 120_000);

it.each([1, 2])(
  'waits for what a deleted one of its name still has, and never counts as failed: image %s',
  async (version) => {
    const name = `again-${version}`;
    await rig.apply(name, { source: image(1), workload });
    const first = await rig.until(name, isLive(1));
    await rig.client.delete(deployments, { namespace: rig.namespace, name });
    await isGone(first);
    await rig.apply(name, { source: image(version), workload });
    const told = await rig.until(name, ({ status }) => status !== undefined);

    expect(condition(told, 'Stalled')).toBeUndefined();
    await until(async () => isLive(1)(await rig.get(name)), { deadlineMs: 45_000, everyMs: 200 });
  },
  90_000,
);

function isGone({ metadata: { uid } }: Deployment): Promise<void> {
  const all = () => rig.client.list(deployments, { namespace: rig.namespace });
  // The garbage collector learns of new kinds every half minute only.
  const wait = { deadlineMs: 60_000, everyMs: 200 };
  return until(async () => (await all()).items.every(({ metadata }) => metadata.uid !== uid), wait);
}

/** What the garbage collector does; it learns of new kinds late. */
async function orphan({ namespace, name }: { namespace: string; name: string }): Promise<void> {
  const scope = { namespace, labelSelector: `vish.dev/deployment=${name}` };
  for (const kind of [controllerRevisions, services, podDisruptionBudgets] as Resource[]) {
    for (const { metadata } of (await rig.client.list(kind, scope)).items) {
      const free = { metadata: { ownerReferences: null } };
      await rig.client.patch(kind, { namespace, name: metadata.name }, free, { type: 'merge' });
    }
  }
  // It may have come by now.
  await ifPresent(
    rig.client.patch(deployments, { namespace, name }, { metadata: { finalizers: null } }, { type: 'merge' }),
  );
}
