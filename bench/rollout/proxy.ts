import { readCluster } from '../../hack/cluster/bare/cluster.ts';
import { kubeProxy } from '../../hack/cluster/bare/node/kubelet.ts';
import { ensureRunning } from '../../hack/cluster/bare/supervisor.ts';
import { ensureBinaries } from '../../hack/cluster/build/builder.ts';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import { defaultName, pathsOf } from '../../hack/cluster/paths.ts';

/**
 * The local cluster's kube-proxy with this least time between two writes of its rules, which is a second where nobody says
 * otherwise. Resolves to what takes it back: all other figures are of kube-proxy as it comes.
 */
export async function setProxyPeriod(period: string): Promise<() => Promise<void>> {
  const cluster = await readCluster(pathsOf(defaultName));
  if (cluster === undefined) throw new Error('there is no local cluster of our own making: npm run cluster -- up');
  const binaries = await ensureBinaries(['node'], createReporter());
  const set: typeof kubeProxy = {
    ...kubeProxy,
    args: (...given) => [...kubeProxy.args(...given), `--iptables-min-sync-period=${period}`],
  };
  await ensureRunning(cluster, [set], binaries);
  return () => ensureRunning(cluster, [kubeProxy], binaries);
}
