import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { bundle } from '../../hack/build/bundle.ts';
import { usual } from '../../hack/git-server/manifests.ts';
import { sampleHost, sampleProject } from '../../hack/quickstart/manifests.ts';
import { isTrue } from '../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { Project } from '../../src/crds/project/project.ts';
import { ifPresent } from '../../src/kube/client/if-present.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { configMaps, persistentVolumeClaims } from '../../src/objects/core.ts';
import { deployments, projects } from '../../src/objects/vish.ts';
import { systemClock } from '../../src/seams/system.ts';
import { type KillReport, killPlans } from '../../test/harness/kill/kill-plan.ts';
import { type KillProxy, startKillProxy } from '../../test/harness/kill/kill-proxy.ts';
import type { Plan } from '../../test/harness/kill/mishaps.ts';
import type { Run } from '../../test/harness/kill/run.ts';
import { kubeconfigFile } from '../../test/harness/operator/kubeconfig.ts';
import { startLocalOperator } from '../../test/harness/operator/local-operator.ts';
import { tokenOf } from '../../test/harness/operator/token.ts';
import { namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import { buildNamespace, endOf, leftOf } from './end.ts';
import { cloneSample } from './source.ts';
import { outfile } from './start.ts';
import { tool, type World } from './world.ts';

const account = { namespace: 'vish-system', name: 'vish' };
const deadlineMs = 120_000;
const branch = 'small';

/**
 * A Project from `apply` to Ready with a real build, once undisturbed and once for every write and moment at which the
 * operator dies. The chart must be installed: the operator runs on this machine, with its rights and its settings.
 */
export async function killEverywhere(world: World, only: (plan: Pick<Plan, 'after'>) => boolean): Promise<KillReport> {
  await tool(world, 'kubectl', 'scale deployment vish --namespace vish-system --replicas=0');
  await pushSmall();
  await bundle({ entry: 'src/main.ts', outfile });
  const folder = await mkdtemp(join(tmpdir(), 'bench-kills-'));
  const config = await writeSettings(world, folder);
  const direct = await loadConnection({ clock: systemClock, kubeconfig: world.kubeconfig });
  const proxy = await startKillProxy({ upstream: { url: direct.server, ca: (await direct.credentials()).tls.ca } });
  const kubeconfig = await way(world, proxy);
  try {
    return await killPlans({
      // The registry keeps what earlier runs pushed.
      name: `kills-${systemClock.now().toString(36)}`,
      proxies: [proxy],
      client: world.api.client,
      only,
      onResult: ({ after, mishap, differences }) =>
        console.log(`  ${mishap} ${after}: ${differences.length === 0 ? 'same end' : differences.join('\n    ')}`),
      deadlineMs,
      settleMs: 1500,
      start: () =>
        startLocalOperator({ kubeconfig: kubeconfig.path, args: [`--config=${config}`], program: resolve(outfile) }),
      apply: (run) => apply(world, run),
      until: (run) => isReady(world, run),
      endState: (run) => endOf(world, run.namespace),
      remove: (run) => remove(world, run),
    });
  } finally {
    await kubeconfig.remove();
    await proxy.close();
    await rm(folder, { recursive: true });
  }
}

async function pushSmall(): Promise<void> {
  const source = await cloneSample();
  await source.commitSmall();
  await source.push(branch);
  await source.remove();
}

async function way({ api }: World, proxy: KillProxy) {
  const { url: server, ca } = proxy.faults;
  const user = { token: await tokenOf(api.transport, account) };
  return kubeconfigFile({ server, ca, namespace: account.namespace, user });
}

/** Those of the chart; the git host is asked at the node's own address, because names of the cluster lead nowhere here. */
async function writeSettings({ api, address }: World, folder: string): Promise<string> {
  const { data } = await api.client.get(configMaps, { ...account, name: 'vish-settings' });
  const settings = z
    .looseObject({ outbound: z.looseObject({ allow: z.array(z.unknown()) }) })
    .parse(parse(data?.['settings.yaml'] ?? ''));
  settings.outbound.allow.push({ cidr: `${address}/32`, port: usual.nodePort, http: true });
  const file = join(folder, 'settings.yaml');
  await writeFile(file, stringify(settings));
  return file;
}

async function apply({ api, registry, address }: World, { namespace }: Run): Promise<void> {
  await api.client.create(namespaces, { metadata: { name: namespace } });
  const project = projectOf(sampleProject(registry), { namespace, registry, address });
  await api.client.create(projects, project);
}

function projectOf(sample: object, run: Pick<Run, 'namespace'> & Pick<World, 'registry' | 'address'>): Project {
  const { namespace, registry, address } = run;
  const project = JSON.parse(JSON.stringify(sample).replaceAll(sampleHost, `${namespace}.localhost`)) as Project;
  const url = `http://${address}:${usual.nodePort}/${usual.repository}.git`;
  const source = { git: { pollSeconds: 10, url } };
  const image = { repository: `${registry}/${namespace}` };
  const environments = project.spec.environments?.map((environment) => ({ ...environment, branch }));
  return {
    ...project,
    metadata: { ...project.metadata, namespace },
    spec: { ...project.spec, source, image, environments },
  };
}

/** All that a person waits for: the app is live, the Project knows. */
async function isReady({ api }: World, { namespace }: Run): Promise<boolean> {
  const project = await api.client.get(projects, { namespace, name: usual.repository });
  const deployment: Deployment = await api.client.get(deployments, {
    namespace,
    name: `${usual.repository}-production`,
  });
  const ready = [project, deployment].every(({ status }) => isTrue(status?.conditions ?? [], 'Ready'));
  return ready && deployment.status?.rollout === undefined;
}

/** The volume of the build cache would stay until the next sweep; a start of the operator is one, and its writes would count. */
async function remove(world: World, { namespace }: Run): Promise<void> {
  const { client } = world.api;
  await client.delete(projects, { namespace, name: usual.repository });
  await until(async () => (await leftOf(world, namespace)).length === 0, {
    deadlineMs,
    everyMs: 250,
    describe: async () => `nothing of ${namespace} is left: ${(await leftOf(world, namespace)).join(', ')}`,
  });
  const { items } = await client.list(persistentVolumeClaims, { namespace: buildNamespace });
  // The operator may sweep them first.
  for (const { metadata } of items) await ifPresent(client.delete(persistentVolumeClaims, metadata));
  await client.delete(namespaces, { name: namespace });
}
