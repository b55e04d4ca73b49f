import { rm } from 'node:fs/promises';
import { commandFolder, downApiOnly, upApiOnly } from './bare/api-only.ts';
import { type Cluster, claimsFolder, readCluster } from './bare/cluster.ts';
import { auditLog } from './bare/control-plane.ts';
import { apiUrl } from './bare/kubeconfig.ts';
import { releasePorts } from './bare/ports.ts';
import { killComponent } from './bare/supervisor.ts';
import { createReporter } from './cli/reporter.ts';
import type { Reporter } from './driver.ts';
import { withLock } from './lock.ts';
import { pathsOf } from './paths.ts';

export interface ApiServerOptions {
  /** Names the folder below `.vish/clusters`; two servers of one checkout need two names. */
  readonly name: string;
  /** Nodes that pretend to run pods, with a scheduler. Default 0: pods stay Pending. */
  readonly hollowNodes?: number;
  /** Begin with an empty database even when a server of this name exists. Default true: tests do not see older ones. */
  readonly fresh?: boolean;
  /** Where progress goes. Default stderr. */
  readonly report?: Reporter;
}

export interface ApiServer {
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly url: string;
  /** One JSON line per request; see `test/harness/requests`. */
  readonly auditLog: string;
  /** Folder with the matching kubectl. */
  readonly binaries: string;
  /** Folder with its keys and certificates; the server reads its own again when they change. */
  readonly pki: string;
  /** Ends one process as a crash does. What others asked of it gets no answer until `repair`. */
  kill(part: 'etcd' | 'kube-apiserver' | 'kwok'): Promise<void>;
  /** Starts what does not run, on the same ports with the same data. */
  repair(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Runs etcd, kube-apiserver and kube-controller-manager for a test run; ready when it returns. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { name, hollowNodes = 0, fresh = true, report = createReporter() } = options;
  const paths = pathsOf(name);
  const context = { request: { name, apiOnly: true, hollowNodes }, paths, report };
  const lock = { purpose: `API server ${name}`, deadlineMs: 40 * 60_000 };
  const locked = <T>(work: () => Promise<T>) => withLock(`${paths.state}.lock`, lock, work);
  const cluster = await locked(async (): Promise<Cluster> => {
    if (fresh) await removeApiServer(name);
    return upApiOnly(context);
  });
  return {
    kubeconfig: paths.kubeconfig,
    url: apiUrl(cluster),
    auditLog: auditLog(cluster),
    binaries: commandFolder(cluster),
    pki: cluster.pki,
    kill: (part) => killComponent(cluster, part),
    repair: async () => void (await locked(() => upApiOnly(context))),
    stop: () => locked(() => removeApiServer(name)),
  };
}

/** Ends a server and removes its folder; does nothing when there is none. */
export async function removeApiServer(name: string): Promise<void> {
  const paths = pathsOf(name);
  const cluster = await readCluster(paths);
  if (!cluster) return;
  await downApiOnly(cluster);
  await rm(paths.state, { recursive: true, force: true });
  await releasePorts(paths.state, claimsFolder());
}
