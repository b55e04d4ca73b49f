import { run } from '../../lib/run.ts';
import type { ClusterStatus, DriverContext, PartStatus } from '../driver.ts';
import { versions } from '../versions.ts';
import { dataPlane } from './data-plane.ts';
import { images, nodeName } from './names.ts';
import { type KindRecord, readRecord } from './record.ts';
import { registryState } from './registry.ts';
import { kubectl } from './up.ts';

export async function status({ paths }: DriverContext): Promise<ClusterStatus> {
  const record = await readRecord(paths);
  if (!record) return { healthy: false, parts: [], urls: {}, versions: {} };
  const ask = (args: readonly string[]) => kubectl(paths, args, { allowFailure: true, timeoutMs: 15_000 });
  const [container, ready, registry, gateway, api] = await Promise.all([
    run('docker', ['inspect', '--format', '{{.State.Status}}', nodeName(record.cluster)], { allowFailure: true }),
    ask(['get', 'nodes', '--output', `jsonpath=${readyPath}`]),
    registryState(record.cluster),
    ask([
      '--namespace',
      dataPlane.namespace,
      'get',
      'deployment',
      dataPlane.name,
      '--output',
      `jsonpath=${availablePath}`,
    ]),
    ask(['config', 'view', '--minify', '--output', 'jsonpath={.clusters[0].cluster.server}']),
  ]);
  const parts = [
    part('node-container', container.stdout.trim() === 'running', container.stdout.trim() || 'missing'),
    part('node', ready.stdout.trim() === 'True', ready.stdout.trim() === 'True' ? 'Ready' : 'not Ready'),
    part('registry', registry === 'running', registry ?? 'missing'),
    part('gateway', Number(gateway.stdout) > 0, `${Number(gateway.stdout)} available`),
  ];
  const healthy = parts.every((entry) => entry.healthy);
  return { healthy, parts, urls: urls(record, api.stdout.trim()), versions: used };
}

const readyPath = '{.items[*].status.conditions[?(@.type=="Ready")].status}';
const availablePath = '{.status.availableReplicas}';

const used = {
  kubernetes: versions.kubernetes,
  gatewayApi: versions.gatewayApi,
  traefik: versions.traefik,
  nodeImage: images.node,
};

function part(name: string, healthy: boolean, detail: string): PartStatus {
  return { name, healthy, detail };
}

function urls({ gateway, registry }: KindRecord, api: string): Record<string, string> {
  return { api, gateway: `http://127.0.0.1:${gateway}`, registry: `http://127.0.0.1:${registry}` };
}
