import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import { endStateOf } from '../../test/harness/kill/end-state.ts';
import { expectSameEnd, killPlans } from '../../test/harness/kill/kill-plan.ts';
import { type Lanes, openLanes } from '../../test/harness/kill/lanes.ts';
import type { Mishap, Plan } from '../../test/harness/kill/mishaps.ts';
import type { Run } from '../../test/harness/kill/run.ts';
import { startOperatorHere } from '../../test/harness/operator/operator-here.ts';
import { isLive } from '../../test/support/deployment-facts.ts';
import { digestOf } from '../../test/support/deployment-rig.ts';
import { installKinds } from '../../test/support/kinds/cluster.ts';
import { namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../crds/deployment/spec.ts';
import type { KubeObject } from '../kube/index.ts';
import { configMaps, services } from '../objects/core.ts';
import { deployments } from '../objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../objects/workloads.ts';

let server: ApiServer;
let api: Connected;
let lanes: Lanes;

beforeAll(async () => {
  // Room for the pods of all plans: what they leave stays until the end.
  server = await startApiServer({ name: `kill-${process.pid}`, hollowNodes: 4 });
  await installKinds(server.kubeconfig);
  api = await connectTo(server.kubeconfig);
  lanes = await openLanes(server.kubeconfig, 3);
});

afterAll(async () => {
  await lanes.close();
  await api.close();
  await server.stop();
});

const key = ({ namespace }: Run) => ({ namespace, name: 'web' });
const resources = [deployments, controllerRevisions, replicaSets, services, podDisruptionBudgets, configMaps];

interface Story extends Pick<DeploymentSpecInput, 'strategy'> {
  replicas: number;
  mishaps: readonly Mishap[];
}

async function release(run: Run, version: number, { strategy, replicas }: Story): Promise<void> {
  const workload = { port: 8080, scale: { replicas }, envFrom: [{ configMapRef: { name: 'settings' } }] };
  const spec = { source: { image: `registry.example.com/web@${digestOf(version)}` }, workload, strategy };
  const object = { metadata: key(run), spec } as unknown as Deployment;
  await api.client.apply(deployments, object, { fieldManager: 'user' });
}

async function twoReleases(run: Run, story: Story): Promise<void> {
  await api.client.create(namespaces, { metadata: { name: run.namespace } });
  const settings = { namespace: run.namespace, name: 'settings' };
  await api.client.create(configMaps, { metadata: settings, data: { COLOR: 'blue' } });
  await release(run, 1, story);
  await until(() => isAtRest(run, 1), {
    deadlineMs: 60_000,
    everyMs: 50,
    describe: async () => (await web(run)).status,
  });
  await release(run, 2, story);
}

const web = (run: Run) => api.client.get(deployments, key(run));

async function isAtRest(run: Run, version: number): Promise<boolean> {
  const deployment = await web(run);
  const { rollout, previous } = deployment.status ?? {};
  return isLive(version)(deployment) && rollout === undefined && previous === undefined;
}

/** What Kubernetes' own controllers say of their objects is theirs. */
function fields(object: KubeObject): unknown {
  const { metadata, ...rest } = object as KubeObject & Record<'spec' | 'data' | 'status', unknown>;
  const isOurs = object.apiVersion?.startsWith('vish.dev/') ?? false;
  return { labels: metadata.labels, spec: rest.spec, data: rest.data, ...(isOurs && { status: rest.status }) };
}

const kills: readonly Mishap[] = ['AfterWrite', 'BeforeNext'];
const unseen: readonly Mishap[] = ['OneBehind', 'HalfBehind', 'LostEvents'];

/** Each write has one of them: all three would take twice as long. */
const inTurn = ({ after, mishap }: Plan) => !unseen.includes(mishap) || unseen[after % unseen.length] === mishap;

const blueGreen = { type: 'BlueGreen', blueGreen: { previous: { warmSeconds: 1 } } } as const;
const steps = [{ weight: 34 }, { pauseSeconds: 1 }, { weight: 67 }];

it.each<[string, Story]>([
  ['Rolling', { replicas: 2, strategy: {}, mishaps: [...kills, ...unseen] }],
  ['BlueGreen', { replicas: 1, strategy: blueGreen, mishaps: ['AfterWrite', ...unseen] }],
  ['Canary', { replicas: 3, strategy: { type: 'Canary', canary: { steps } }, mishaps: ['AfterWrite', ...unseen] }],
])(
  'the whole operator brings two releases of %s to the same end, whatever befalls it at any of its writes',
  { timeout: 400_000 },
  async (name, story) => {
    const report = await killPlans({
      name: `kill-${name.toLowerCase()}`,
      proxies: lanes.proxies,
      client: api.client,
      mishaps: story.mishaps,
      only: inTurn,
      settleMs: 300,
      start: ({ namespace, proxy }) => startOperatorHere({ kubeconfig: lanes.kubeconfigOf(proxy), namespace }),
      apply: (run) => twoReleases(run, story),
      until: (run) => isAtRest(run, 2),
      endState: ({ namespace }) => endStateOf({ client: api.client, namespace, resources, fields }),
      // No other operator looks there, and all of it goes with the server.
      remove: () => Promise.resolve(),
    });

    console.log(`${name}: ${report.text}`);
    expectSameEnd(report);
    expect(report.writes).toBeGreaterThan(10);
  },
);
