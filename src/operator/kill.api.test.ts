import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../hack/build/bundle.ts';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { run } from '../../hack/lib/run.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import { endStateOf } from '../../test/harness/kill/end-state.ts';
import { expectSameEnd, killPlans, type Run } from '../../test/harness/kill/kill-plan.ts';
import { type KillProxy, startKillProxy } from '../../test/harness/kill/kill-proxy.ts';
import { kubeconfigFile } from '../../test/harness/operator/kubeconfig.ts';
import { startLocalOperator } from '../../test/harness/operator/local-operator.ts';
import { digestOf } from '../../test/support/deployment-rig.ts';
import { namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import { isTrue } from '../crds/conditions/conditions.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import { type KubeObject, loadConnection } from '../kube/index.ts';
import { configMaps, services } from '../objects/core.ts';
import { deployments } from '../objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../objects/workloads.ts';
import { systemClock } from '../seams/system.ts';

let server: ApiServer;
let api: Connected;
let proxy: KillProxy;
let kubeconfig: Awaited<ReturnType<typeof kubeconfigFile>>;
let folder: string;
let program: string;

beforeAll(async () => {
  server = await startApiServer({ name: `kill-${process.pid}`, hollowNodes: 1 });
  await run(`${server.binaries}/kubectl`, [
    '--kubeconfig',
    server.kubeconfig,
    'apply',
    '-f',
    'config/crd',
    '--server-side',
  ]);
  api = await connectTo(server.kubeconfig);
  const direct = await loadConnection({ clock: systemClock, kubeconfig: server.kubeconfig });
  const { ca, cert, key } = (await direct.credentials()).tls;
  proxy = await startKillProxy({ upstream: { url: direct.server, ca, cert, key } });
  kubeconfig = await kubeconfigFile({ server: proxy.faults.url, ca: proxy.faults.ca, namespace: 'default' });
  folder = mkdtempSync(join(tmpdir(), 'vish-kill-'));
  program = join(folder, 'vish.js');
  await bundle({ entry: 'src/main.ts', outfile: program });
});

afterAll(async () => {
  await kubeconfig.remove();
  await proxy.close();
  await api.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const key = ({ namespace }: Run) => ({ namespace, name: 'web' });
const resources = [deployments, controllerRevisions, replicaSets, services, podDisruptionBudgets, configMaps];

async function apply(run: Run): Promise<void> {
  await api.client.create(namespaces, { metadata: { name: run.namespace } });
  const settings = { namespace: run.namespace, name: 'settings' };
  await api.client.create(configMaps, { metadata: settings, data: { COLOR: 'blue' } });
  const workload = { port: 8080, scale: { replicas: 2 }, envFrom: [{ configMapRef: { name: settings.name } }] };
  const spec = { source: { image: `registry.example.com/web@${digestOf(1)}` }, workload };
  await api.client.create(deployments, { metadata: key(run), spec } as unknown as Deployment);
}

async function isReady(run: Run): Promise<boolean> {
  const { status } = await api.client.get(deployments, key(run));
  return isTrue(status?.conditions ?? [], 'Ready') && status?.rollout === undefined;
}

/** What Kubernetes' own controllers say of their objects is theirs. */
function fields(object: KubeObject): unknown {
  const { metadata, ...rest } = object as KubeObject & Record<'spec' | 'data' | 'status', unknown>;
  const isOurs = object.apiVersion?.startsWith('vish.dev/') ?? false;
  return { labels: metadata.labels, spec: rest.spec, data: rest.data, ...(isOurs && { status: rest.status }) };
}

/** What is left goes by itself; an operator that is started next finds nothing to do. */
async function remove(run: Run): Promise<void> {
  await api.client.delete(deployments, key(run), { propagation: 'Foreground' });
  const isGone = async () => (await api.client.list(deployments, { namespace: run.namespace })).items.length === 0;
  await until(isGone, { deadlineMs: 30_000, everyMs: 200 });
  await api.client.delete(namespaces, { name: run.namespace });
}

it('the whole operator comes to the same end, whichever write it dies with', { timeout: 240_000 }, async () => {
  const report = await killPlans({
    name: 'kill-operator',
    proxy,
    start: () => startLocalOperator({ kubeconfig: kubeconfig.path, program }),
    apply,
    until: isReady,
    endState: ({ namespace }) => endStateOf({ client: api.client, namespace, resources, fields }),
    remove,
  });

  expectSameEnd(report);
  expect(report.writes).toBeGreaterThan(6);
});
