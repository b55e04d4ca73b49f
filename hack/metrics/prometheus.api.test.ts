import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import { deployments } from '../../src/objects/vish.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import {
  applyManifests,
  chartAccount,
  manifestsOf,
  startChartOperator,
} from '../../test/harness/operator/chart-operator.ts';
import type { LocalOperator } from '../../test/harness/operator/local-operator.ts';
import { tokenOf } from '../../test/harness/operator/token.ts';
import { isLive } from '../../test/support/deployment-facts.ts';
import { digestOf } from '../../test/support/deployment-rig.ts';
import { installKinds } from '../../test/support/kinds/cluster.ts';
import { namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import { builtHelm } from '../chart/helm.ts';
import { renderChart } from '../chart/render.ts';
import { type ApiServer, startApiServer } from '../cluster/api-server.ts';
import { freePort } from '../cluster/kind/ports.ts';
import { findProgram } from './debian.ts';
import { alerts, expressions, filledIn, metricsIn, rulesFile } from './expressions.ts';

const program = await findProgram('prometheus');
const scraper = { namespace: 'vish-system', name: 'prometheus' };
const web = { namespace: 'metrics', name: 'web' };

// Needs Debian or a Prometheus of the machine.
describe.skipIf(program === undefined)('a real Prometheus', () => {
  let folder: string;
  let server: ApiServer;
  let api: Connected;
  let operator: LocalOperator;
  let prometheus: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vish-prometheus-'));
    server = await startApiServer({ name: `prometheus-${process.pid}`, hollowNodes: 1 });
    await installKinds(server.kubeconfig);
    api = await connectTo(server.kubeconfig);
    for (const name of ['vish-system', web.namespace]) await api.client.create(namespaces, { metadata: { name } });
    const set = ['crds.enabled=false', 'people.enabled=false', 'settings.metrics.protected=true'];
    const manifests = manifestsOf(await renderChart({ helm: await builtHelm(), set }));
    const installed = manifests.filter(({ kind }) => kind !== 'Deployment');
    await applyManifests(server, [...installed, ...scraperManifests]);
    operator = await startChartOperator({ server, api, manifests });
    url = `http://127.0.0.1:${await freePort()}`;
    writeFileSync(join(folder, 'token'), await tokenOf(api.transport, scraper));
    writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration(folder, operator.metricsUrl)));
    const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    const listen = `--web.listen-address=${new URL(url).host}`;
    prometheus = spawn(program ?? '', [...flags, listen], { stdio: 'ignore' });
  });

  afterAll(async () => {
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
    await operator.stop();
    await api.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    const { body } = await request(`${url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
    const answer = (await body.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${path} ${JSON.stringify(query)}: ${answer.error}`);
    return answer.data;
  }

  async function answers(): Promise<boolean> {
    const ready = await request(`${url}/-/ready`).catch(() => undefined);
    await ready?.body.dump();
    return ready?.statusCode === 200;
  }

  const valueOf = async (query: string) =>
    (await ask<{ result: { value: [number, string] }[] }>('query', { query })).result[0]?.value[1];

  it('scrapes the operator, which lets it in by its token', async () => {
    await until(answers, { deadlineMs: 30_000 });
    await until(async () => (await valueOf('up')) === '1', { deadlineMs: 30_000, describe: () => ask('targets') });

    expect(await valueOf('vish_build_info')).toBe('1');
  });

  it('sees a release go live', async () => {
    const source = { image: `registry.example.com/web@${digestOf(1)}` };
    const spec = { source, workload: { port: 8080, scale: { replicas: 1 } } };
    await api.client.create(deployments, { metadata: web, spec } as unknown as Deployment);
    await until(async () => isLive(1)(await api.client.get(deployments, web)), { deadlineMs: 60_000 });
    const released = 'sum(vish_releases_total{outcome="Live"})';
    await until(async () => (await valueOf(released)) === '1', { deadlineMs: 30_000 });

    expect(await valueOf('vish_deployment_available{namespace="metrics",name="web"}')).toBe('1');
  });

  it('knows every metric that alerts and dashboard ask for, and can answer them', async () => {
    const families = await ask<{ metric: string }[]>('targets/metadata');
    const known = new Set(
      families.flatMap(({ metric }) => ['', '_bucket', '_sum', '_count'].map((end) => metric + end)),
    );
    const asked = new Set(expressions.flatMap(([, expression]) => metricsIn(expression)));

    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    for (const [, expression] of expressions) await ask('query', { query: filledIn(expression) });
  });

  it('loads the alerts, and none fires where nothing is wrong', async () => {
    const { groups } = await ask<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
    const { alerts: active } = await ask<{ alerts: { state: string; labels: { alertname: string } }[] }>('alerts');
    const rules = groups.flatMap((group) => group.rules);

    expect(rules.map(({ name }) => name).sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    expect(active.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  it.each([
    ['without a token', undefined, 401],
    ['by a token that is none', 'nonsense', 401],
    ['by a token that may not get the path', 'operator', 403],
  ])('nobody is let in %s', async (_, token, status) => {
    const shown = token === 'operator' ? await tokenOf(api.transport, chartAccount) : token;
    const headers = shown === undefined ? {} : { authorization: `Bearer ${shown}` };
    const answer = await request(operator.metricsUrl, { headers });
    const text = await answer.body.text();

    expect(answer.statusCode).toBe(status);
    expect(text).not.toContain('vish_build_info');
  });
});

const scraperManifests = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: scraper },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'scraper' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'vish-scraper' },
    subjects: [{ kind: 'ServiceAccount', ...scraper }],
  },
];

function configuration(folder: string, metricsUrl: string) {
  const job = {
    job_name: 'vish',
    honor_labels: true,
    authorization: { credentials_file: `${folder}/token` },
    static_configs: [{ targets: [new URL(metricsUrl).host] }],
  };
  const global = { scrape_interval: '1s', evaluation_interval: '1s' };
  return { global, rule_files: [resolve(rulesFile)], scrape_configs: [job] };
}
