import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { vouchFor } from '../../src/controllers/deployment/artifact/vouch.ts';
import { findCondition } from '../../src/crds/conditions/conditions.ts';
import type { Client } from '../../src/kube/client/client.ts';
import { withController } from '../../src/kube/owner/owner.ts';
import { secrets } from '../../src/objects/core.ts';
import { builds, projects } from '../../src/objects/vish.ts';
import { jobs } from '../../src/objects/workloads.ts';
import { systemClock } from '../../src/seams/system.ts';
import { connectTo } from '../harness/connect.ts';
import { endStateOf, ownFields } from '../harness/kill/end-state.ts';
import { type KillReport, killPlans } from '../harness/kill/kill-plan.ts';
import { openLanes } from '../harness/kill/lanes.ts';
import { hidesInTurn, hiding } from '../harness/kill/mishaps.ts';
import type { Run } from '../harness/kill/run.ts';
import { startOperatorHere } from '../harness/operator/operator-here.ts';
import { playBuildPod, results } from './build-pods.ts';
import { aBuild, aProject } from './build-world.ts';
import { installKinds } from './kinds/cluster.ts';
import { namespaces } from './resources.ts';
import { until } from './until.ts';

const lanesOnTwoCores = 3;
const url = 'http://127.0.0.1:9/shop.git';
const login = { name: 'git' };
const buildsOf = (namespace: string) => `${namespace}-builds`;
const { signal } = new AbortController();

/** Plans of one Build, from the moment at which it is made until nothing of it is left but its Job, under the whole operator. */
export async function strikeBuild(): Promise<KillReport> {
  const server: ApiServer = await startApiServer({ name: `kill-build-${process.pid}` });
  await installKinds(server.kubeconfig);
  const api = await connectTo(server.kubeconfig);
  const lanes = await openLanes(server.kubeconfig, lanesOnTwoCores);
  const { client } = api;
  const played: Promise<void>[] = [];
  try {
    return await killPlans({
      name: 'kill-build',
      proxies: lanes.proxies,
      client,
      mishaps: ['AfterWrite', 'BeforeNext', ...hiding],
      only: hidesInTurn,
      settleMs: 300,
      start: ({ namespace, proxy }) =>
        startOperatorHere({
          kubeconfig: lanes.kubeconfigOf(proxy),
          namespace,
          settings: {
            builds: { namespace: buildsOf(namespace), builderImage: 'registry.test/builder:1' },
            outbound: { allow: [{ cidr: '127.0.0.1', port: 9, http: true }] },
          },
        }),
      async apply(run) {
        await applyBuild(client, run);
        played.push(playPod(client, run));
      },
      until: async ({ namespace }) => (await isOver(client, namespace)) && (await secretsLeft(client, namespace)) === 0,
      endState: ({ namespace }) =>
        endStateOf({
          client,
          namespace,
          resources: [builds, jobs, secrets],
          alsoIn: { namespace: buildsOf(namespace), belongs: () => true },
          fields: (object) => JSON.parse(JSON.stringify(ownFields(object), withoutChance)),
        }),
      // No other operator looks there, and all of it goes with the server.
      remove: () => Promise.resolve(),
    });
  } finally {
    await Promise.allSettled(played);
    await lanes.close();
    await api.close();
    await server.stop();
  }
}

async function applyBuild(client: Client, { namespace }: Run): Promise<void> {
  for (const name of [namespace, buildsOf(namespace)]) await client.create(namespaces, { metadata: { name } });
  await client.create(secrets, { metadata: { namespace, ...login }, stringData: { token: 'planted-secret' } });
  const spec = { source: { git: { url, credentialsRef: login } } };
  const given = aProject({ namespace, name: 'shop' }, { url, repository: 'registry.test/shop', spec });
  const project = await client.create(projects, given);
  const build = withController(aBuild(project, 'a'.repeat(40), {}), { resource: projects, object: project });
  const now = new Date(systemClock.now());
  await vouchFor({ client, wrote: () => undefined, now, signal }, await client.create(builds, build));
}

/** How long a stage took is another in each run, and so is the identity, which is also of the Project's UID. */
function withoutChance(name: string, value: unknown): unknown {
  return name === 'seconds' || name === 'identity' ? undefined : value;
}

/** Each step ends when the operator has told that it runs: so each run has the same to tell. */
async function playPod(client: Client, { namespace }: Run): Promise<void> {
  const { uid } = (await onlyBuild(client, namespace)).metadata;
  const { cloned, built, pushed } = results;
  const stages = ['The commit is being fetched.', 'The image is being built.', 'The image is being pushed.'];
  for (const [index, message] of stages.entries()) {
    if (index > 0) await until(() => tells(client, namespace, message), { deadlineMs: 60_000, describe: message });
    await playBuildPod(client, { namespace: buildsOf(namespace), uid }, [cloned, built, pushed].slice(0, index + 1));
  }
}

async function onlyBuild(client: Client, namespace: string) {
  const { items } = await client.list(builds, { namespace });
  const [build] = items;
  if (build === undefined) throw new Error('there is no Build');
  return build;
}

async function tells(client: Client, namespace: string, message: string): Promise<boolean> {
  const { status } = await onlyBuild(client, namespace);
  return findCondition(status?.conditions ?? [], 'Ready')?.message === message;
}

async function isOver(client: Client, namespace: string): Promise<boolean> {
  return (await onlyBuild(client, namespace)).status?.finishedAt !== undefined;
}

async function secretsLeft(client: Client, namespace: string): Promise<number> {
  return (await client.list(secrets, { namespace: buildsOf(namespace) })).items.length;
}
