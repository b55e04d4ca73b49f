import type { ClusterStatus, Driver, DriverContext } from '../driver.ts';
import { run } from '../run.ts';
import { versions } from '../versions.ts';
import { apiOnlyComponents, commandFolder, downApiOnly, upApiOnly } from './api-only.ts';
import { type Cluster, readCluster } from './cluster.ts';
import { apiUrl } from './kubeconfig.ts';
import { printLogs } from './logs.ts';
import { inspect } from './supervisor.ts';

/** Builds Kubernetes from Go modules and runs it as plain processes of this machine. */
export const bareDriver: Driver = {
  kind: 'bare',
  probe: async () => {
    if (process.platform !== 'linux') return { usable: false, why: 'a bare cluster runs on Linux only' };
    const go = await run('go', ['version'], { allowFailure: true });
    if (go.code !== 0) return { usable: false, why: 'a bare cluster is built with Go, and `go` is not on PATH' };
    return { usable: true, why: 'Linux with Go: Kubernetes is built from source and runs as plain processes' };
  },
  up: async (context) => {
    await upApiOnly(context);
  },
  down: async ({ paths, report }) => {
    const cluster = await readCluster(paths);
    if (!cluster) return report.say('there is no such cluster');
    await downApiOnly(cluster);
    report.say('stopped: no process of this cluster is left');
  },
  status: async ({ paths }) => {
    const cluster = await readCluster(paths);
    return cluster ? statusOf(cluster) : { healthy: false, parts: [], urls: {}, versions: {} };
  },
  load: async ({ paths }) => {
    await readCluster(paths);
    throw new Error('an api-only cluster runs no containers, so there is nowhere to load an image');
  },
  logs: async (context, request) => {
    const cluster = await existing(context);
    await printLogs(
      cluster,
      apiOnlyComponents(cluster).map((component) => component.name),
      request,
    );
  },
  binaries: async (context) => [commandFolder(await existing(context))],
};

async function existing({ paths, request }: DriverContext): Promise<Cluster> {
  const cluster = await readCluster(paths);
  if (cluster) return cluster;
  throw new Error(`there is no cluster "${request.name}": run \`npm run cluster -- up --name ${request.name}\` first`);
}

async function statusOf(cluster: Cluster): Promise<ClusterStatus> {
  const parts = await inspect(cluster, apiOnlyComponents(cluster));
  const { kubernetes, etcd } = versions;
  return {
    healthy: parts.every((part) => part.healthy),
    parts,
    urls: { api: apiUrl(cluster) },
    versions: { kubernetes, etcd },
  };
}
