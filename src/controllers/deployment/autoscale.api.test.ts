import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { run } from '../../../hack/lib/run.ts';
import { clusterPlaces } from '../../../test/support/cluster-place/places.ts';
import { image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { until } from '../../../test/support/until.ts';
import { pods } from '../../objects/core.ts';
import { deployments } from '../../objects/vish.ts';
import { podDisruptionBudgets, replicaSets } from '../../objects/workloads.ts';

/* HPA and KEDA own the replicas: both read and write the scale subresource, and nothing else. */

let server: ApiServer;
let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  server = await startApiServer({ name: `autoscale-${process.pid}`, hollowNodes: 2 });
  rig = await deploymentRig('autoscale', { kubeconfig: server.kubeconfig, places: clusterPlaces });
});
afterAll(() => server.stop());
afterAll(() => rig.close());

const ofSize = (replicas: number) => ({ port: 80, scale: { replicas } });

function kubectl(args: readonly string[], input = '') {
  const flags = ['--kubeconfig', server.kubeconfig];
  return run(join(server.binaries, 'kubectl'), [...flags, ...args], { input, allowFailure: true });
}

/** As an autoscaler reads it. */
async function scaleOf(name: string) {
  const path = `/apis/vish.dev/v1alpha1/namespaces/${rig.namespace}/deployments/${name}/scale`;
  const { spec, status } = JSON.parse((await kubectl(['get', '--raw', path])).stdout) as {
    spec: { replicas: number };
    status: { replicas: number; selector: string };
  };
  return { wanted: spec.replicas, ...status };
}

async function scaleTo(name: string, replicas: number): Promise<void> {
  const key = { namespace: rig.namespace, name };
  await rig.client.patch(deployments, key, { spec: { replicas } }, { type: 'merge', subresource: 'scale' });
}

async function podsOf(selector: string): Promise<string[]> {
  const { items } = await rig.client.list(pods, { namespace: rig.namespace, labelSelector: selector });
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : []));
}

async function sizeOf(release: string | undefined): Promise<number | undefined> {
  const { items } = await rig.client.list(replicaSets, { namespace: rig.namespace });
  return items.find(({ metadata }) => metadata.name === release)?.spec?.replicas;
}

/** What the API server says to it. */
async function evict(name: string): Promise<string> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: rig.namespace } };
  const path = `/api/v1/namespaces/${rig.namespace}/pods/${name}/eviction`;
  const { code, output } = await kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
  return code === 0 ? 'evicted' : output;
}

describe('a release that is kept warm', () => {
  const strategy = { type: 'BlueGreen' as const, blueGreen: { previous: { warmSeconds: 600 } } };
  let names: string[] = [];
  const selectorOf = (index: number) => `vish.dev/deployment=warm,vish.dev/release=${names[index]}`;

  it('is nothing that an autoscaler counts, and follows what it wants', async () => {
    for (const version of [1, 2]) {
      await rig.apply('warm', { source: image(version), workload: ofSize(2), strategy });
      await rig.until('warm', isLive(version));
    }
    names = (await rig.get('warm')).status?.history?.map(({ name }) => name) ?? [];
    const before = await scaleOf('warm');
    const all = await podsOf('vish.dev/deployment=warm');

    await scaleTo('warm', 3);
    await rig.until('warm', ({ status }) => status?.readyReplicas === 3);

    expect(all).toHaveLength(4);
    expect(before).toEqual({ wanted: 2, replicas: 2, selector: selectorOf(0) });
    expect(await scaleOf('warm')).toEqual({ wanted: 3, replicas: 3, selector: selectorOf(0) });
    await until(async () => (await sizeOf(names[1])) === 3);
  });

  it('may be drained at once, while the live side keeps all but one', async () => {
    const key = { namespace: rig.namespace, name: 'warm' };
    await until(async () => {
      const { status } = await rig.client.get(podDisruptionBudgets, key);
      return status?.expectedPods === 3 && status.disruptionsAllowed === 1;
    });
    // As a drain begins: what is evicted finds no node for its successor.
    const nodes = (await kubectl(['get', 'nodes', '--output=name'])).stdout.trim().split('\n');
    expect(await kubectl(['cordon', ...nodes])).toMatchObject({ code: 0 });
    const [live, warm] = [await podsOf(selectorOf(0)), await podsOf(selectorOf(1))];

    const evicted = await Promise.all([...live, ...warm].map(evict));
    await kubectl(['uncordon', ...nodes]);

    const refused = expect.stringContaining('disruption budget');
    expect(evicted.slice(0, live.length).toSorted()).toEqual([refused, refused, 'evicted']);
    expect(evicted.slice(live.length)).toEqual(warm.map(() => 'evicted'));
  });
});

it('is followed in the middle of a canary, and an aborted one never grows', async () => {
  const strategy = { type: 'Canary' as const, canary: { steps: [{ weight: 25 }, { approval: {} }] } };
  await rig.apply('canary', { source: image(1), workload: ofSize(4), strategy });
  await rig.until('canary', isLive(1));
  await rig.apply('canary', { source: image(2), workload: ofSize(4), strategy });
  const waits = await rig.until('canary', isReason('AwaitingApproval'));
  await scaleTo('canary', 8);
  const grown = await rig.until(
    'canary',
    ({ status }) => status?.live?.ready === 6 && status.next?.ready === 2 && status.replicas === 8,
  );
  await rig.annotate('canary', { 'vish.dev/abort': '2' });
  await rig.until('canary', isReason('Aborted'));
  await scaleTo('canary', 12);
  const last = await rig.until('canary', ({ status }) => status?.readyReplicas === 12);

  expect(waits.status).toMatchObject({ replicas: 4, next: { replicas: 1 } });
  expect(grown.status).toMatchObject({ replicas: 8, live: { replicas: 6 }, rollout: { phase: 'AwaitingApproval' } });
  expect(last.status?.live).toMatchObject({ release: 1, replicas: 12 });
  expect(await sizeOf(waits.status?.history?.[0]?.name)).toBe(0);
});

it.each(['Rolling', 'BlueGreen', 'Canary'] as const)(
  'may want none, also of a new release by %s, and the first one again',
  async (type) => {
    const canary = { steps: [{ weight: 50 }] };
    const strategy = { type, ...(type === 'Canary' ? { canary } : {}) };
    const name = `zero-${type.toLowerCase()}`;
    for (const version of [1, 2]) {
      await rig.apply(name, { source: image(version), workload: ofSize(0), strategy });
      await rig.until(name, (d) => isReason('ScaledToZero')(d) && d.status?.live?.release === version);
    }
    await scaleTo(name, 1);
    const woken = await rig.until(name, (d) => isLive(2)(d) && d.status?.readyReplicas === 1);
    await scaleTo(name, 0);
    const asleep = await rig.until(name, (d) => isReason('ScaledToZero')(d) && d.status?.replicas === 0);

    expect(woken.status).toMatchObject({ state: 'Ready', replicas: 1 });
    expect(asleep.status).toMatchObject({ state: 'Ready', live: { release: 2 } });
    expect(asleep.status).not.toHaveProperty('rollout');
  },
);
