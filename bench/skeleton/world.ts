import { join } from 'node:path';
import { readCluster } from '../../hack/cluster/bare/cluster.ts';
import { auditLog } from '../../hack/cluster/bare/control-plane.ts';
import { defaultName, pathsOf } from '../../hack/cluster/paths.ts';
import { run } from '../../hack/lib/run.ts';
import { clusterFacts, type Facts } from '../../hack/quickstart/facts.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';

/** The local cluster, which must be up and nobody else's meanwhile. */
export interface World extends Facts {
  readonly api: Connected;
  readonly auditLog: string;
  /** Of the node, for pods and for this machine. */
  readonly address: string;
}

export async function openWorld(): Promise<World> {
  const cluster = await readCluster(pathsOf(defaultName));
  if (cluster === undefined) throw new Error('there is no local cluster of our own making: npm run cluster -- up');
  const facts = await clusterFacts();
  const api = await connectTo(facts.kubeconfig);
  return { ...facts, api, auditLog: auditLog(cluster), address: cluster.network.nodeAddress };
}

/** One of the cluster's own tools. */
export async function tool({ folders, kubeconfig }: Facts, name: 'kubectl' | 'helm', args: string): Promise<string> {
  const program = join(folders[0] ?? '', name);
  const flags = ['--kubeconfig', kubeconfig, ...args.split(' ')];
  return (await run(program, flags, { timeoutMs: 180_000 })).stdout;
}

/** Leaves the cluster as it was before the first quickstart, but for images, caches of the node and the kinds. */
export async function clear(world: World): Promise<void> {
  await tool(world, 'kubectl', 'delete projects.vish.dev shop --ignore-not-found --wait');
  await tool(world, 'kubectl', 'wait --for=delete deployments.vish.dev/shop-production --timeout=60s');
  await tool(world, 'kubectl', 'wait --for=delete pods --selector=vish.dev/deployment=shop-production --timeout=60s');
  await tool(world, 'helm', 'uninstall vish --namespace vish-system --wait --ignore-not-found');
  await tool(world, 'kubectl', 'delete namespace git --ignore-not-found --wait');
}
