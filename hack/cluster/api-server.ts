import { rm } from 'node:fs/promises';
import { commandFolder, downApiOnly, upApiOnly } from './bare/api-only.ts';
import { claimsFolder, readCluster } from './bare/cluster.ts';
import { auditLog } from './bare/control-plane.ts';
import { apiUrl } from './bare/kubeconfig.ts';
import { releasePorts } from './bare/ports.ts';
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
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Runs etcd, kube-apiserver and kube-controller-manager for a test run; ready when it returns. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { name, hollowNodes = 0, fresh = true, report = createReporter() } = options;
  const paths = pathsOf(name);
  const context = { request: { name, apiOnly: true, hollowNodes }, paths, report };
  const lock = { purpose: `API server ${name}`, deadlineMs: 40 * 60_000 };
  const cluster = await withLock(`${paths.state}.lock`, lock, async () => {
    if (fresh) await removeApiServer(name);
    return upApiOnly(context);
  });
  return {
    kubeconfig: paths.kubeconfig,
    url: apiUrl(cluster),
    auditLog: auditLog(cluster),
    binaries: commandFolder(cluster),
    stop: () => withLock(`${paths.state}.lock`, lock, () => removeApiServer(name)),
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
