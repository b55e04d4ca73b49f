import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { kubeconfigFile } from '../operator/kubeconfig.ts';
import { type KillProxy, startKillProxy } from './kill-proxy.ts';

export interface Lanes {
  readonly proxies: readonly KillProxy[];
  /** Path of a kubeconfig that leads through that proxy. */
  kubeconfigOf(proxy: KillProxy): string;
  close(): Promise<void>;
}

/** Several ways to one API server, as its administrator, for plans side by side. */
export async function openLanes(kubeconfig: string, count: number): Promise<Lanes> {
  const direct = await loadConnection({ clock: systemClock, kubeconfig });
  const { ca, cert, key } = (await direct.credentials()).tls;
  const open = async () => {
    const proxy = await startKillProxy({ upstream: { url: direct.server, ca, cert, key } });
    const { url: server, ca: trusted } = proxy.faults;
    return { proxy, file: await kubeconfigFile({ server, ca: trusted, namespace: 'default' }) };
  };
  const lanes = await Promise.all(Array.from({ length: count }, open));
  const files = new Map(lanes.map(({ proxy, file }) => [proxy, file.path]));
  return {
    proxies: lanes.map(({ proxy }) => proxy),
    kubeconfigOf: (proxy) => files.get(proxy) ?? '',
    async close() {
      for (const { proxy, file } of lanes) await Promise.all([file.remove(), proxy.close()]);
    },
  };
}
