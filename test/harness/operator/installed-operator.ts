import { join } from 'node:path';
import type { V1Deployment } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { run } from '../../../hack/lib/run.ts';
import type { Client } from '../../../src/kube/client/client.ts';
import { isKubeError } from '../../../src/kube/errors/errors.ts';
import { configMaps, type Pod, pods } from '../../../src/objects/core.ts';
import { namespacedResource, type Read, type Wired } from '../../../src/objects/wire.ts';
import { until } from '../../support/until.ts';
import type { Connected } from '../connect.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import type { OperatorUnderTest } from './local-operator.ts';
import { killProcessesOf } from './pod-processes.ts';

const workloads = namespacedResource<Wired<V1Deployment>>('apps', 'v1', 'Deployment', 'deployments');

export interface InstallOptions {
  api: Connected;
  kubeconfig: string;
  /** Folder with helm and kubectl. */
  binaries: string;
  /** Of the chart, such as the image. */
  values: object;
  /** Default vish-system. */
  namespace?: string;
  /** Default charts/vish. */
  chart?: string;
  /** The way that the operator takes to the API server instead of its own; its rights stay those of its service account. */
  proxy?: { url: string; ca: string };
}

export interface InstalledOperator extends OperatorUnderTest {
  /** All replicas are ready: also after a kill. */
  ready(): Promise<void>;
  /** The same chart with these values beside those of before; ready when it resolves. */
  upgrade(values: object): Promise<void>;
  /** To the revision before; ready when it resolves. */
  rollBack(): Promise<void>;
  /** Removes the release, not the namespace. */
  uninstall(): Promise<void>;
  /** Again, after it was uninstalled; ready when it resolves. */
  install(): Promise<void>;
}

const release = 'vish';
const selector = { labelSelector: `app.kubernetes.io/instance=${release}` };
const chartFolder = join(import.meta.dirname, '../../../charts/vish');

/** The shipped image by the shipped chart, under the shipped rights. Ready when it resolves. */
export async function installOperator(options: InstallOptions): Promise<InstalledOperator> {
  const { api, kubeconfig, binaries, values, namespace = 'vish-system', chart = chartFolder, proxy } = options;
  const { client } = api;
  const call = (program: 'helm' | 'kubectl', args: readonly string[], input = '') =>
    run(join(binaries, program), [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, ...args], {
      input,
      timeoutMs: 180_000,
    });
  // Other suites put the kinds in place by other means, and uninstalling leaves them.
  const takeOver = ['--take-ownership', '--force-conflicts'];
  const flags = ['--create-namespace', '--values=-', ...takeOver];
  const install = () => call('helm', ['upgrade', '--install', release, chart, ...flags], stringify(values));
  await install();
  if (proxy !== undefined) await redirect(client, namespace, proxy);
  let kept = '';
  const current = async () => (await client.list(pods, { namespace, ...selector })).items;
  const logs = async () => kept + (await Promise.all((await current()).map((pod) => logOf(api, pod)))).join('');
  const ready = () => {
    const describe = async () => `vish is ready. It says:\n${(await logs()).slice(-2_000)}`;
    return until(() => isReady(client, namespace), { deadlineMs: 120_000, everyMs: 100, describe });
  };
  await ready();
  return {
    ready,
    logs,
    async metrics() {
      const pages = (await current()).map((pod) => metricsOf(api, pod));
      return (await Promise.all(pages)).join('\n');
    },
    async kill() {
      const doomed = await current();
      await Promise.all(doomed.map(({ metadata }) => killProcessesOf(metadata.uid)));
      // What a killed pod said goes with it.
      kept = await logs();
      // A new pod at once; the old one would be started again only after a back-off that grows with every kill.
      for (const { metadata } of doomed) await remove(client, namespace, metadata.name);
      const names = new Set(doomed.map(({ metadata }) => metadata.name));
      await until(async () => (await current()).every(({ metadata }) => !names.has(metadata.name)), {
        deadlineMs: 60_000,
      });
    },
    stop: async () =>
      void (await call('kubectl', ['delete', 'pods', `--selector=${selector.labelSelector}`, '--wait'])),
    async upgrade(changed) {
      await call('helm', ['upgrade', release, chart, '--reuse-values', '--values=-'], stringify(changed));
      await ready();
    },
    async rollBack() {
      await call('helm', ['rollback', release]);
      await ready();
    },
    async install() {
      await install();
      await ready();
    },
    uninstall: async () => void (await call('helm', ['uninstall', release, '--wait', '--ignore-not-found'])),
  };
}

/** `$KUBECONFIG` comes before the service account's own way, and `tokenFile` is that account's token. */
async function redirect(client: Client, namespace: string, { url, ca }: { url: string; ca: string }): Promise<void> {
  const name = 'vish-harness';
  const user = { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' };
  const kubeconfig = kubeconfigOf({ server: url, ca, namespace, user });
  await client.apply(configMaps, { metadata: { namespace, name }, data: { kubeconfig } });
  for (const { metadata, spec } of (await client.list(workloads, { namespace, ...selector })).items) {
    const containers = spec?.template.spec?.containers.map((container) => ({
      name: container.name,
      env: [{ name: 'KUBECONFIG', value: '/harness/kubeconfig' }],
      volumeMounts: [{ name, mountPath: '/harness', readOnly: true }],
    }));
    const template = {
      // Another proxy is another pod, although its kubeconfig lies in a file.
      metadata: { annotations: { 'vish-harness/proxy': url } },
      spec: { containers, volumes: [{ name, configMap: { name } }] },
    };
    const key = { namespace, name: metadata.name };
    await client.patch(workloads, key, { spec: { template } }, { type: 'strategic' });
  }
}

/** As `kubectl rollout status` says: the newest template, and nothing of older ones. */
async function isReady(client: Client, namespace: string): Promise<boolean> {
  const { items } = await client.list(workloads, { namespace, ...selector });
  const { items: running } = await client.list(pods, { namespace, ...selector });
  const wanted = items.reduce((sum, { spec }) => sum + (spec?.replicas ?? 1), 0);
  const current = items.every(
    ({ metadata, status }) => (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0),
  );
  const available = items.reduce(
    (sum, { status }) => sum + Math.min(status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0),
    0,
  );
  return items.length > 0 && current && available === wanted && running.length === wanted;
}

/** Of every container, also of the one before its last restart. */
async function logOf({ transport }: Connected, { metadata, status }: Read<Pod>): Promise<string> {
  const { namespace, name } = metadata;
  const containers = status?.containerStatuses ?? [];
  const parts = [
    ...containers.filter(({ restartCount }) => restartCount > 0).map((container) => `${container.name}&previous=true`),
    ...containers.map((container) => container.name),
  ];
  const texts = parts.map(async (query) => {
    const answer = await transport.request({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${query}`,
    });
    // 400: it has not started yet; 404: the pod is gone.
    return answer.status === 200 ? answer.body.toString() : '';
  });
  return (await Promise.all(texts)).join('');
}

/** Through the API server, which wants the port's number. */
async function metricsOf({ transport }: Connected, { metadata, spec }: Read<Pod>): Promise<string> {
  const { namespace, name } = metadata;
  const port = spec?.containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === 'metrics');
  if (port === undefined) throw new Error(`read the metrics of ${name}: no port of it is called "metrics"`);
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${port.containerPort}/proxy/metrics`;
  const { status, body } = await transport.request({ method: 'GET', path });
  if (status !== 200) throw new Error(`read the metrics of ${name}: status ${status}: ${body.toString()}`);
  return body.toString();
}

async function remove(client: Client, namespace: string, name: string): Promise<void> {
  await client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0 }).catch((error: unknown) => {
    if (!isKubeError(error, 'NotFound')) throw error;
  });
}
