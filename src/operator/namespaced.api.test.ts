import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { builtHelm } from '../../hack/chart/helm.ts';
import { renderChart } from '../../hack/chart/render.ts';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { run } from '../../hack/lib/run.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import {
  applyManifests,
  chartAccount,
  chartFlags,
  type Manifest,
  manifestsOf,
  startChartOperator,
} from '../../test/harness/operator/chart-operator.ts';
import type { OperatorUnderTest } from '../../test/harness/operator/local-operator.ts';
import { startProgram } from '../../test/harness/operator/program.ts';
import { createRequests, type Mark, type Requests } from '../../test/harness/requests/requests.ts';
import { userOf } from '../../test/harness/requests/rights.ts';
import { isLive } from '../../test/support/deployment-facts.ts';
import { digestOf } from '../../test/support/deployment-rig.ts';
import { installKinds } from '../../test/support/kinds/cluster.ts';
import { namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import type { Build } from '../crds/build/build.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import type { Project } from '../crds/project/project.ts';
import { configMaps } from '../objects/core.ts';
import { annotations } from '../objects/labels.ts';
import { builds, deployments, projects } from '../objects/vish.ts';
import { controllerRevisions, jobs } from '../objects/workloads.ts';

/** Nobody is there, and nobody is asked: pods of a node that pretends do not run. */
const host = '192.0.2.1';
const user = userOf(chartAccount);
let server: ApiServer;
let api: Connected;
let requests: Requests;
let start: Mark;
let manifests: Manifest[];
let operator: OperatorUnderTest;

beforeAll(async () => {
  server = await startApiServer({ name: `namespaced-${process.pid}`, hollowNodes: 1 });
  await installKinds(server.kubeconfig);
  api = await connectTo(server.kubeconfig);
  requests = createRequests({ auditLog: server.auditLog, client: api.client });
  for (const name of ['vish-system', 'team-a', 'team-b', 'other']) await makeNamespace(name);
  manifests = await chartFor(['team-a', 'team-b']);
  await applyManifests(server, manifests);
  start = await requests.mark();
  operator = await startChartOperator({ server, api, manifests });
});

afterAll(async () => {
  await operator.stop();
  await api.close();
  await server.stop();
});

/** All that an admin prepares, and the settings; the operator itself runs on this machine. */
async function chartFor(chosen: readonly string[], ...more: string[]): Promise<Manifest[]> {
  const set = [
    'crds.enabled=false',
    'people.enabled=false',
    'settings.builds.builderImage=builder:1',
    `settings.outbound.allow[0].cidr=${host}/32`,
  ];
  const rendered = await renderChart({
    helm: await builtHelm(),
    set: [...set, `settings.namespaces={${chosen.join()}}`, ...more],
  });
  return manifestsOf(rendered).filter(({ kind }) => kind !== 'Deployment');
}

async function makeNamespace(name: string): Promise<void> {
  await api.client.create(namespaces, { metadata: { name } });
}

async function deploy(namespace: string): Promise<void> {
  const settings = { namespace, name: 'settings' };
  await api.client.create(configMaps, { metadata: settings, data: { COLOR: 'blue' } });
  const workload = { port: 8080, scale: { replicas: 1 }, envFrom: [{ configMapRef: { name: settings.name } }] };
  const spec = { source: { image: `registry.example.com/web@${digestOf(1)}` }, workload };
  await api.client.create(deployments, { metadata: { namespace, name: 'web' }, spec } as unknown as Deployment);
}

const web = (namespace: string) => api.client.get(deployments, { namespace, name: 'web' });

it('brings Deployments to Ready in every prepared namespace and looks at no other one', async () => {
  for (const namespace of ['other', 'team-a', 'team-b']) await deploy(namespace);
  for (const namespace of ['team-a', 'team-b']) {
    await until(async () => isLive(1)(await web(namespace)), { deadlineMs: 60_000, describe: () => web(namespace) });
  }

  expect((await web('other')).status).toEqual({ observedGeneration: -1 });
  expect((await api.client.list(controllerRevisions, { namespace: 'other' })).items).toEqual([]);
});

describe("Helm's --wait, in a release that has a Deployment of ours", () => {
  let chart: string;
  beforeAll(async () => {
    chart = await mkdtemp(join(tmpdir(), 'helm-wait-'));
    await mkdir(join(chart, 'templates'));
    await writeFile(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'shop', version: '1.0.0' }));
    const metadata = { name: '{{ .Release.Name }}' };
    const target = { cluster: { podTemplatePatch: { spec: { restartPolicy: '{{ .Values.restartPolicy }}' } } } };
    const spec = { source: { image: `${host}/shop@${digestOf(2)}` }, workload: { port: 8080 }, target };
    const manifest = { apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', metadata, spec };
    await writeFile(join(chart, 'templates/web.yaml'), stringify(manifest));
  });
  afterAll(() => rm(chart, { recursive: true }));

  async function install(release: string, restartPolicy: string) {
    const access = [
      '--kubeconfig',
      server.kubeconfig,
      '--namespace',
      'team-a',
      '--set',
      `restartPolicy=${restartPolicy}`,
    ];
    const args = ['install', release, chart, '--wait', '--timeout', '60s', ...access];
    return run(await builtHelm(), args, { allowFailure: true, timeoutMs: 90_000 });
  }

  it('ends when it serves', async () => {
    expect(await install('good', 'Always')).toMatchObject({ code: 0 });

    const { status } = await api.client.get(deployments, { namespace: 'team-a', name: 'good' });
    expect(status).toMatchObject({ state: 'Ready', live: { release: 1 } });
  });

  it('fails with what is wrong when it is stuck', async () => {
    const { code, output } = await install('stuck', 'Sometimes');

    expect(code).not.toBe(0);
    expect(output).toContain('Failed');
    expect(output).toContain('stuck');
  });
});

it('builds what nobody vouches for in the namespace of untrusted builds, and nothing of it in the other one', async () => {
  const git = { url: `https://${host}/acme/hello.git` };
  const image = { repository: `${host}/acme/hello` };
  const spec = { source: { git }, image, workload: { port: 8080 }, environments: [] };
  const key = { namespace: 'team-b', name: 'hello' };
  await api.client.create(projects, { metadata: key, spec } as unknown as Project);
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const build = { metadata: key, spec: { projectRef: { name: key.name }, commit } };
  await api.client.create(builds, build as unknown as Build);
  const madeIn = async (namespace: string) => (await api.client.list(jobs, { namespace })).items;
  const made = () => madeIn('vish-builds-untrusted');

  await until(async () => (await made()).length === 1, { describe: () => api.client.get(builds, key) });
  expect(await madeIn('vish-builds')).toEqual([]);
  expect((await made())[0]?.metadata.annotations).toMatchObject({ [annotations.buildOf]: 'team-b/hello' });
  // What it made there goes with its Build.
  await api.client.delete(builds, key);
  await until(async () => (await made()).length === 0);
});

it('has asked for nothing that it may not do, and for nothing outside of its namespaces', async () => {
  const counted = await requests.since(start, { user });
  const places = new Set(
    counted.entries.filter(({ uri }) => uri.includes('/namespaces/')).map(({ namespace }) => namespace),
  );
  const ofCluster = counted.entries
    .filter(({ uri }) => !uri.includes('/namespaces/'))
    .map(({ uri }) => uri.split('?')[0]);

  counted.expectNoneDenied();
  expect(places).toEqual(new Set(['team-a', 'team-b', 'vish-builds', 'vish-builds-untrusted', 'vish-system']));
  expect(new Set(ofCluster)).toEqual(new Set());
});

it.each([
  ['a team', ['team-a', 'other'], [], 'deployments', 'vish.dev', 'other'],
  ['untrusted builds', ['team-a'], ['settings.builds.untrustedNamespace=nowhere'], 'jobs', 'batch', 'nowhere'],
])(
  'says which namespace of %s nobody has prepared, and what is missing there',
  async (_whose, chosen, more, ...lacks) => {
    const { kubeconfig, config, remove } = await chartFlags({
      server,
      api,
      manifests: await chartFor(chosen, ...more),
    });
    const ports = ['--health-port=0', '--metrics-port=0'];
    const flags = [`--kubeconfig=${kubeconfig}`, `--config=${config}`, '--leader-elect=false', ...ports];
    const program = startProgram('src/main.ts', flags);
    const [resource, group, namespace] = lacks.map((name) => String.raw`\\*"${name}\\*"`);
    const missing = new RegExp(
      `cannot (list|watch) resource ${resource} in API group ${group} in the namespace ${namespace}`,
    );

    try {
      expect(program.exitCode).toBeUndefined();
      await until(() => missing.test(program.output), { deadlineMs: 30_000, describe: () => program.output });
    } finally {
      await program.kill();
      await remove();
    }
  },
);
