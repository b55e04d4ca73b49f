import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../src/crds/deployment/spec.ts';
import type { Client } from '../../src/kube/index.ts';
import { configMaps, services } from '../../src/objects/core.ts';
import { deployments } from '../../src/objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../../src/objects/workloads.ts';
import { type Connected, connectTo } from '../harness/connect.ts';
import { endStateOf, ownFields } from '../harness/kill/end-state.ts';
import { type KillReport, killPlans } from '../harness/kill/kill-plan.ts';
import { type Lanes, openLanes } from '../harness/kill/lanes.ts';
import { hidesInTurn, hiding, type Mishap } from '../harness/kill/mishaps.ts';
import type { Run } from '../harness/kill/run.ts';
import { startOperatorHere } from '../harness/operator/operator-here.ts';
import { isLive } from './deployment-facts.ts';
import { digestOf } from './deployment-rig.ts';
import { installKinds } from './kinds/cluster.ts';
import { namespaces } from './resources.ts';
import { until } from './until.ts';

export interface Story extends Pick<DeploymentSpecInput, 'strategy'> {
  replicas: number;
  /** At every write. Besides, each write has one of those that hide something from the operator. */
  mishaps: readonly Mishap[];
}

export interface TwoReleases {
  /** All plans of a Deployment that gets one release and then another. */
  strike(story: Story): Promise<KillReport>;
  close(): Promise<void>;
}

const lanesOnTwoCores = 3;
const resources = [deployments, controllerRevisions, replicaSets, services, podDisruptionBudgets, configMaps];
const key = ({ namespace }: Run) => ({ namespace, name: 'web' });

/** An API server for plans of one strategy; `name` tells it from those of others. */
export async function twoReleases(name: string): Promise<TwoReleases> {
  // Room for the pods of all plans: what they leave stays until the end.
  const server: ApiServer = await startApiServer({ name: `kill-${name}-${process.pid}`, hollowNodes: 4 });
  await installKinds(server.kubeconfig);
  const api: Connected = await connectTo(server.kubeconfig);
  const lanes: Lanes = await openLanes(server.kubeconfig, lanesOnTwoCores);
  const { client } = api;
  return {
    strike: (story) =>
      killPlans({
        name: `kill-${name}`,
        proxies: lanes.proxies,
        client,
        mishaps: [...story.mishaps, ...hiding],
        only: hidesInTurn,
        settleMs: 300,
        start: ({ namespace, proxy }) => startOperatorHere({ kubeconfig: lanes.kubeconfigOf(proxy), namespace }),
        apply: (run) => apply(client, run, story),
        until: (run) => isAtRest(client, run, 2),
        endState: ({ namespace }) => endStateOf({ client, namespace, resources, fields: ownFields }),
        // No other operator looks there, and all of it goes with the server.
        remove: () => Promise.resolve(),
      }),
    async close() {
      await lanes.close();
      await api.close();
      await server.stop();
    },
  };
}

async function apply(client: Client, run: Run, story: Story): Promise<void> {
  await client.create(namespaces, { metadata: { name: run.namespace } });
  const settings = { namespace: run.namespace, name: 'settings' };
  await client.create(configMaps, { metadata: settings, data: { COLOR: 'blue' } });
  await release(client, run, 1, story);
  await until(() => isAtRest(client, run, 1), {
    deadlineMs: 60_000,
    everyMs: 50,
    describe: async () => (await client.get(deployments, key(run))).status,
  });
  await release(client, run, 2, story);
}

async function release(client: Client, run: Run, version: number, { strategy, replicas }: Story): Promise<void> {
  const workload = { port: 8080, scale: { replicas }, envFrom: [{ configMapRef: { name: 'settings' } }] };
  const spec = { source: { image: `registry.example.com/web@${digestOf(version)}` }, workload, strategy };
  const object = { metadata: key(run), spec } as unknown as Deployment;
  await client.apply(deployments, object, { fieldManager: 'user' });
}

async function isAtRest(client: Client, run: Run, version: number): Promise<boolean> {
  const deployment = await client.get(deployments, key(run));
  const { rollout, previous } = deployment.status ?? {};
  return isLive(version)(deployment) && rollout === undefined && previous === undefined;
}
