import { run } from '../../lib/run.ts';
import type { ClusterPaths, ClusterStatus, Driver, DriverContext, PartStatus } from '../driver.ts';
import { versions } from '../versions.ts';
import { apiOnlyComponents, commandFolder, downApiOnly, upApiOnly } from './api-only.ts';
import { type Cluster, loopback, readCluster, restoreCluster } from './cluster.ts';
import type { Component } from './component.ts';
import { apiUrl } from './kubeconfig.ts';
import { printLogs } from './logs.ts';
import { readRecord } from './machine/ownership.ts';
import { downNode } from './node/down.ts';
import { gatewayUrl } from './node/gateway.ts';
import { loadArchives } from './node/load.ts';
import { registryAddress } from './node/mirrors.ts';
import { lateComponents, lateOutcomes, nodeComponents, nodeOutcomes, type Outcome } from './node/parts.ts';
import { upNode } from './node/up.ts';
import { ownPort } from './ports.ts';
import { inspect } from './supervisor.ts';

/** Builds Kubernetes from Go modules and runs it as plain processes of this machine. */
export const bareDriver: Driver = {
  kind: 'bare',
  probe: async ({ apiOnly }) => {
    if (process.platform !== 'linux') return { usable: false, why: 'a bare cluster runs on Linux only' };
    const go = await run('go', ['version'], { allowFailure: true });
    if (go.code !== 0) return { usable: false, why: 'a bare cluster is built with Go, and `go` is not on PATH' };
    if (!apiOnly && process.getuid?.() !== 0) return { usable: false, why: 'a bare cluster with a node needs root' };
    return { usable: true, why: 'Linux with Go: Kubernetes is built from source and runs as plain processes' };
  },
  up: async (context) => {
    const found = await readCluster(context.paths);
    const mode = context.request.apiOnly ? 'api-only' : 'full';
    if (found && found.mode !== mode) {
      throw new Error(`cluster "${found.name}" is ${found.mode}, not ${mode}: use another --name, or reset it`);
    }
    await (context.request.apiOnly ? upApiOnly(context) : upNode(context));
  },
  down: async ({ paths, report }) => {
    const cluster = (await readCluster(paths)) ?? (await abandoned(paths));
    if (!cluster) return report.say('there is no such cluster');
    if (cluster.mode === 'full') return downNode(cluster, report);
    await downApiOnly(cluster);
    report.say('down: checked that no process of this cluster is left');
  },
  status: async ({ paths }) => {
    const cluster = await readCluster(paths);
    return cluster ? statusOf(cluster) : { healthy: false, parts: [], urls: {}, versions: {} };
  },
  load: async (context, archives) => {
    const cluster = await existing(context);
    if (cluster.mode === 'full') return loadArchives(cluster, archives, context.report);
    throw new Error('an api-only cluster runs no containers, so there is nowhere to load an image');
  },
  logs: async (context, request) => {
    const cluster = await existing(context);
    await printLogs(
      cluster,
      componentsOf(cluster).map((component) => component.name),
      request,
    );
  },
  binaries: async (context) => [commandFolder(await existing(context))],
};

/** The node of a cluster whose folder is gone. */
async function abandoned(paths: ClusterPaths): Promise<Cluster | undefined> {
  const record = await readRecord();
  return record?.owner === paths.state ? restoreCluster(record.cluster, paths) : undefined;
}

async function existing({ paths, request }: DriverContext): Promise<Cluster> {
  const cluster = await readCluster(paths);
  if (cluster) return cluster;
  throw new Error(`there is no cluster "${request.name}": run \`npm run cluster -- up --name ${request.name}\` first`);
}

function componentsOf(cluster: Cluster): readonly Component[] {
  return cluster.mode === 'full' ? [...nodeComponents, ...lateComponents] : apiOnlyComponents(cluster);
}

async function statusOf(cluster: Cluster): Promise<ClusterStatus> {
  const outcomes = cluster.mode === 'full' ? [...nodeOutcomes, ...lateOutcomes] : [];
  const parts = await Promise.all([
    inspect(cluster, componentsOf(cluster)),
    Promise.all(outcomes.map((outcome) => inspectOutcome(cluster, outcome))),
  ]);
  const full = {
    registry: registryAddress(cluster),
    gateway: gatewayUrl(cluster),
    'gateway on loopback': `http://${loopback}:${ownPort(cluster.ports, 'gatewayHttp')}`,
  };
  const { kubernetes, etcd } = versions;
  return {
    healthy: parts.flat().every((part) => part.healthy),
    parts: parts.flat(),
    urls: { api: apiUrl(cluster), ...(cluster.mode === 'full' ? full : {}) },
    versions: cluster.mode === 'full' ? versions : { kubernetes, etcd },
  };
}

async function inspectOutcome(cluster: Cluster, { name, check, detail }: Outcome): Promise<PartStatus> {
  const problem = await check(cluster).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { name, healthy: problem === undefined, detail: problem ?? detail };
}
