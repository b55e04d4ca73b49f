import { join } from 'node:path';
import { stringify } from 'yaml';
import { patch } from '../api.ts';
import { type Cluster, loopback, nodeName } from '../cluster.ts';
import { type Component, flags } from '../component.ts';
import { kubeconfigOf } from '../kubeconfig.ts';
import { addressIn } from '../machine/network.ts';
import { identity } from '../pki.ts';
import { probeHttp } from '../probes.ts';
import { containerdSocket } from './containerd.ts';
import { ensurePauseImage } from './pause-image.ts';

/** Name of the cgroup below which all pods of the cluster lie. */
export function podCgroup(cluster: Cluster): string {
  return `vish-${cluster.name}`;
}

/** Address of the cluster's DNS Service. */
export function dnsAddress(cluster: Cluster): string {
  return addressIn(cluster.network.serviceRange, 10);
}

export function kubeletConfig(cluster: Cluster): string {
  const served = identity(cluster.pki, 'kubelet');
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: cluster.network.nodeAddress,
    port: cluster.ports.kubelet,
    healthzBindAddress: loopback,
    healthzPort: cluster.ports.kubeletHealth,
    maxPods: 250,
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${podCgroup(cluster)}`,
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    authentication: {
      x509: { clientCAFile: join(cluster.pki, 'ca.crt') },
      anonymous: { enabled: false },
      webhook: { enabled: true },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: served.certificate,
    tlsPrivateKeyFile: served.key,
    clusterDNS: [dnsAddress(cluster)],
    clusterDomain: 'cluster.local',
    resolvConf: '/etc/resolv.conf',
    // A developer's disk is often nearly full: pods must not be evicted and made images not be collected for that.
    evictionHard: { 'imagefs.available': '1%', 'nodefs.available': '1%', 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    registryPullQPS: 0,
    podLogsDir: join(cluster.paths.state, 'pod-logs'),
    volumePluginDir: join(cluster.paths.state, 'volume-plugins'),
  });
}

export const kubelet: Component = {
  name: 'kubelet',
  binary: 'kubelet',
  needs: ['kube-apiserver', 'containerd'],
  args: (cluster) => [
    ...flags({
      config: join(cluster.config, 'kubelet.yaml'),
      kubeconfig: kubeconfigOf(cluster, 'kubelet'),
      'hostname-override': nodeName,
      'root-dir': join(cluster.paths.state, 'kubelet'),
      'cert-dir': join(cluster.paths.state, 'kubelet', 'pki'),
      'node-ip': cluster.network.nodeAddress,
    }),
  ],
  prepare: async (cluster, binaries) => {
    const { ctr = '', pause = '' } = binaries;
    await ensurePauseImage(ctr, pause, join(cluster.paths.state, 'pause-image'));
    await forgetReadiness(cluster);
  },
  check: (cluster) => probeHttp(`http://${loopback}:${cluster.ports.kubeletHealth}/healthz`),
};

/** The Node may still say Ready from before; nobody must take that for the kubelet that starts now. */
async function forgetReadiness(cluster: Cluster): Promise<void> {
  const condition = { type: 'Ready', status: 'Unknown', reason: 'Starting', message: 'kubelet is being started' };
  const { status, text } = await patch(cluster, `/api/v1/nodes/${nodeName}/status`, {
    type: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [condition] } },
  });
  if (status >= 300 && status !== 404) throw new Error(`could not mark ${nodeName} as starting: ${status} ${text}`);
}

export const kubeProxy: Component = {
  name: 'kube-proxy',
  binary: 'kube-proxy',
  needs: ['kube-apiserver'],
  args: (cluster) =>
    flags({
      kubeconfig: kubeconfigOf(cluster, 'kube-proxy'),
      'hostname-override': nodeName,
      'cluster-cidr': cluster.network.podRange,
      'proxy-mode': 'iptables',
      // NodePorts are for this machine, not for its network.
      'nodeport-addresses': `127.0.0.0/8,${cluster.network.nodeAddress}/32`,
      'healthz-bind-address': `${loopback}:${cluster.ports.proxyHealth}`,
      'metrics-bind-address': `${loopback}:${cluster.ports.proxyMetrics}`,
      // These kernel settings belong to the machine, and some refuse to be set.
      'conntrack-max-per-core': 0,
      'conntrack-tcp-timeout-established': 0,
      'conntrack-tcp-timeout-close-wait': 0,
    }),
  check: (cluster) => probeHttp(`http://${loopback}:${cluster.ports.proxyHealth}/livez`),
};
