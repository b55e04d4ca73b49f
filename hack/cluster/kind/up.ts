import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, type RunResult, run } from '../../lib/run.ts';
import type { ClusterPaths, DriverContext } from '../driver.ts';
import { kindConfig } from './config.ts';
import { dataPlane, dataPlaneManifests, gatewayApiDefinitions } from './data-plane.ts';
import { clusterName, nodeName } from './names.ts';
import { freePort } from './ports.ts';
import { type KindRecord, readRecord, writeRecord } from './record.ts';
import { startRegistry, writeRegistryHosts } from './registry.ts';

/** Makes the cluster, or repairs the one that is there; every step may be repeated. */
export async function up({ request, paths, report }: DriverContext): Promise<void> {
  if (request.apiOnly) throw new Error('kind always brings a node: --api-only needs the bare cluster (root and Go)');
  const cluster = clusterName(request.name);
  const exists = (await clusters()).includes(cluster);
  const record = (await readRecord(paths)) ?? (await newRecord(paths, cluster, exists));
  await (exists ? restart(record, paths) : create(record, { request, paths, report }));
  report.say('registry: starting it beside the node');
  await startRegistry(record);
  await writeRegistryHosts(record);
  await kubectl(paths, ['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=120s'], { timeoutMs: 150_000 });
  await applyDataPlane(paths, report.say.bind(report));
}

/** Names of all kind clusters of this machine. */
export async function clusters(): Promise<string[]> {
  const { stdout } = await run('kind', ['get', 'clusters']);
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

async function newRecord(paths: ClusterPaths, cluster: string, exists: boolean): Promise<KindRecord> {
  if (exists) {
    throw new Error(
      `a kind cluster "${cluster}" exists that this checkout did not make; it is left alone. Use --name for another one`,
    );
  }
  const record = { cluster, gateway: await freePort(), registry: await freePort() };
  await writeRecord(paths, record);
  return record;
}

/** `--kubeconfig` keeps kind from changing the user's own file and current context. */
async function create(record: KindRecord, { paths, report }: DriverContext): Promise<void> {
  const config = join(paths.state, 'kind.yaml');
  await writeFile(config, kindConfig(record.cluster, record));
  report.say(`kind: creating the cluster ${record.cluster}`);
  const args = ['create', 'cluster', '--config', config, '--kubeconfig', paths.kubeconfig, '--wait', '180s'];
  await run('kind', args, { timeoutMs: 900_000 });
}

/** A stopped node keeps its state; its API server gets the same port again, its kubeconfig is written anew. */
async function restart({ cluster }: KindRecord, paths: ClusterPaths): Promise<void> {
  await run('docker', ['start', nodeName(cluster)]);
  await run('kind', ['export', 'kubeconfig', '--name', cluster, '--kubeconfig', paths.kubeconfig]);
}

async function applyDataPlane(paths: ClusterPaths, say: (line: string) => void): Promise<void> {
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=vish-cluster', '--filename'];
  say('gateway: applying the Gateway API definitions and Traefik');
  await kubectl(paths, [...apply, gatewayApiDefinitions], { timeoutMs: 120_000 });
  const kinds = ['crd/gatewayclasses.gateway.networking.k8s.io', 'crd/gateways.gateway.networking.k8s.io'];
  const established = ['wait', '--for=condition=Established', '--timeout=60s', ...kinds];
  await kubectl(paths, established, { timeoutMs: 90_000 });
  await kubectl(paths, [...apply, '-'], { input: dataPlaneManifests() });
  const { namespace, name } = dataPlane;
  const rollout = ['--namespace', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout=300s'];
  await kubectl(paths, rollout, { timeoutMs: 330_000 });
}

/** Always with our own kubeconfig; the user's is not even in reach of the command. */
export function kubectl(paths: ClusterPaths, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const env = { ...process.env, KUBECONFIG: paths.kubeconfig };
  return run('kubectl', ['--kubeconfig', paths.kubeconfig, ...args], { env, ...options });
}
