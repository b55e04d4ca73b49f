import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { until } from '../../../test/support/until.ts';
import { run } from '../../lib/run.ts';
import { type ApiServer, startApiServer } from '../api-server.ts';
import { pathsOf } from '../paths.ts';
import { type Cluster, readCluster } from './cluster.ts';
import { markOf, processesOf } from './supervisor.ts';

const name = `test-api-${process.pid}`;
let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer({ name, hollowNodes: 2 });
});

afterAll(() => server.stop());

async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { stdout } = await run(`${server.binaries}/kubectl`, [`--kubeconfig=${server.kubeconfig}`, ...args], { input });
  return stdout;
}

/** Values of a jsonpath that yields words. */
async function words(path: string, ...what: string[]): Promise<string[]> {
  return (await kubectl(['get', ...what, `--output=jsonpath=${path}`])).split(' ').filter(Boolean);
}

/** Applies a Deployment with a Service of the same name and waits until its rollout is over. */
async function deploy(app: string, { replicas = 3, image = 'shop:1' } = {}): Promise<void> {
  const labels = { app };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: labels, ports: [{ port: 80 }] },
  };
  await kubectl(['apply', '--filename=-'], [deployment, service].map((object) => stringify(object)).join('---\n'));
  await kubectl(['rollout', 'status', `deployment/${app}`, '--timeout=30s']);
}

describe('hollow nodes', () => {
  it('make a Deployment available, with distinct addresses in its EndpointSlice', async () => {
    await deploy('available');

    const slice = ['endpointslices', '--selector=kubernetes.io/service-name=available'];
    await until(async () => (await words('{.items[*].endpoints[*].conditions.ready}', ...slice)).length === 3, {
      deadlineMs: 30_000,
      everyMs: 100,
    });
    expect(await words('{.items[*].endpoints[*].conditions.ready}', ...slice)).toEqual(['true', 'true', 'true']);
    expect(new Set(await words('{.items[*].endpoints[*].addresses[0]}', ...slice)).size).toBe(3);
    expect(await words('{.status.conditions[?(@.type=="Available")].status}', 'deployment/available')).toEqual([
      'True',
    ]);
  });
  it('let a rolling update finish', async () => {
    await deploy('updated', { image: 'shop:1' });

    await deploy('updated', { image: 'shop:2' });

    const pods = ['pods', '--selector=app=updated'];
    await until(async () => (await words('{.items[*].metadata.name}', ...pods)).length === 3, {
      deadlineMs: 30_000,
      everyMs: 100,
    });
    expect(await words('{.items[*].status.containerStatuses[0].image}', ...pods)).toEqual(Array(3).fill('shop:2'));
  });
  it('complete the deletion of a pod, and another takes its place', async () => {
    await deploy('replaced', { replicas: 1 });
    const pods = ['pods', '--selector=app=replaced'];
    const [first = ''] = await words('{.items[*].metadata.name}', ...pods);

    await kubectl(['delete', 'pod', first, '--timeout=20s']);

    await kubectl(['rollout', 'status', 'deployment/replaced', '--timeout=30s']);
    expect(await words('{.items[*].metadata.name}', ...pods)).not.toContain(first);
  });
  it('hold a pod back until its readiness gate opens', async () => {
    const spec = { readinessGates: [{ conditionType: 'vish.dev/test' }], containers: [{ name: 'app', image: 'x' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'gated' }, spec };
    await kubectl(['create', '--filename=-'], stringify(pod));
    await kubectl(['wait', 'pod/gated', '--for=condition=ContainersReady', '--timeout=20s']);
    const ready = () => words('{.status.conditions[?(@.type=="Ready")].status}', 'pod/gated');
    const before = await ready();

    const patch = { status: { conditions: [{ type: 'vish.dev/test', status: 'True' }] } };
    await kubectl(['patch', 'pod/gated', '--subresource=status', `--patch=${JSON.stringify(patch)}`]);

    expect(before).toEqual(['False']);
    await kubectl(['wait', 'pod/gated', '--for=condition=Ready', '--timeout=20s']);
  });
  it('renew their Lease', async () => {
    const renewed = () => words('{.spec.renewTime}', 'lease/hollow-0', '--namespace=kube-node-lease');
    const [first] = await renewed();

    await until(async () => (await renewed())[0] !== first, { deadlineMs: 30_000, everyMs: 100 });
    expect(await words('{.spec.leaseDurationSeconds}', 'lease/hollow-0', '--namespace=kube-node-lease')).toEqual([
      '40',
    ]);
  });
  it('give no address twice after what plays them was killed', async () => {
    await deploy('survivor', { replicas: 20 });
    await killKwok();

    await kubectl(['scale', 'deployment/survivor', '--replicas=40']);
    server = await startApiServer({ name, hollowNodes: 2, fresh: false });
    await kubectl(['rollout', 'status', 'deployment/survivor', '--timeout=30s']);

    const addresses = await words('{.items[*].status.podIP}', 'pods', '--selector=app=survivor');
    expect(addresses).toHaveLength(40);
    expect(new Set(addresses).size).toBe(40);
  });
  it('follow the number that a later start asks for', async () => {
    server = await startApiServer({ name, hollowNodes: 1, fresh: false });

    expect(await words('{.items[*].metadata.name}', 'nodes')).toEqual(['hollow-0']);
  });
  it('go, with what plays them, when a later start asks for none', async () => {
    server = await startApiServer({ name, fresh: false });

    expect(await words('{.items[*].metadata.name}', 'nodes')).toEqual([]);
    expect(await marks()).toEqual(['etcd', 'kube-apiserver', 'kube-controller-manager']);
  });
});

async function ownCluster(): Promise<Cluster> {
  const cluster = await readCluster(pathsOf(name));
  if (!cluster) throw new Error('the cluster of this test is gone');
  return cluster;
}

/** Names of the components that run. */
async function marks(): Promise<string[]> {
  const running = await processesOf(await ownCluster());
  return running.map(({ mark }) => mark.slice(mark.lastIndexOf('#') + 1)).sort();
}

async function killKwok(): Promise<void> {
  const cluster = await ownCluster();
  const kwok = (await processesOf(cluster)).filter(({ mark }) => mark === markOf(cluster, 'kwok'));
  expect(kwok).toHaveLength(1);
  for (const { pid } of kwok) process.kill(pid, 'SIGKILL');
  await until(async () => !(await marks()).includes('kwok'), { deadlineMs: 30_000, everyMs: 100 });
}
