import { join } from 'node:path';
import { type Cluster, loopback } from './cluster.ts';
import { type Component, flags } from './component.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { nodeMask } from './machine/network.ts';
import { identity } from './pki.ts';
import { probeTls } from './probes.ts';

const etcd: Component = {
  name: 'etcd',
  binary: 'etcd',
  needs: [],
  args: (cluster) => {
    const client = `https://${loopback}:${cluster.ports.etcd}`;
    const peer = `http://${loopback}:${cluster.ports.etcdPeer}`;
    const served = identity(cluster.pki, 'etcd');
    return flags({
      name: 'vish',
      'data-dir': join(cluster.paths.state, 'etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `vish=${peer}`,
      'cert-file': served.certificate,
      'key-file': served.key,
      'client-cert-auth': true,
      'trusted-ca-file': join(cluster.pki, 'etcd-ca.crt'),
      // A local cluster may lose its last second when the machine dies; it must not wait for the disk on every write.
      'unsafe-no-fsync': true,
      'auto-compaction-mode': 'periodic',
      'auto-compaction-retention': '5m',
      'log-level': 'warn',
    });
  },
  check: (cluster) =>
    probeTls(cluster, `https://${loopback}:${cluster.ports.etcd}/health`, { name: 'etcd-client', ca: 'etcd-ca' }),
};

const apiServer: Component = {
  name: 'kube-apiserver',
  binary: 'kube-apiserver',
  needs: ['etcd'],
  args: (cluster) => [
    ...flags(apiServerFlags(cluster)),
    // Without a node nothing reaches the server by its Service, and loopback is not allowed as that Service's endpoint.
    ...(cluster.mode === 'full' ? [] : ['--endpoint-reconciler-type=none']),
  ],
  check: (cluster) =>
    probeTls(cluster, `https://${cluster.apiAddress}:${cluster.ports.api}/readyz`, { name: 'admin', ca: 'ca' }),
  address: (cluster) => `https://${cluster.apiAddress}:${cluster.ports.api}`,
};

function apiServerFlags(cluster: Cluster): Record<string, string | number | boolean> {
  const store = identity(cluster.pki, 'etcd-client');
  const served = identity(cluster.pki, 'apiserver');
  const kubelet = identity(cluster.pki, 'kubelet-client');
  return {
    'etcd-servers': `https://${loopback}:${cluster.ports.etcd}`,
    'etcd-cafile': join(cluster.pki, 'etcd-ca.crt'),
    'etcd-certfile': store.certificate,
    'etcd-keyfile': store.key,
    'bind-address': cluster.apiAddress,
    'secure-port': cluster.ports.api,
    'advertise-address': cluster.network.nodeAddress,
    'client-ca-file': join(cluster.pki, 'ca.crt'),
    'tls-cert-file': served.certificate,
    'tls-private-key-file': served.key,
    'kubelet-certificate-authority': join(cluster.pki, 'ca.crt'),
    'kubelet-client-certificate': kubelet.certificate,
    'kubelet-client-key': kubelet.key,
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-key-file': join(cluster.pki, 'service-account.pub'),
    'service-account-signing-key-file': join(cluster.pki, 'service-account.key'),
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-cluster-ip-range': cluster.network.serviceRange,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    profiling: false,
    'audit-policy-file': join(cluster.config, 'audit-policy.yaml'),
    'audit-log-path': auditLog(cluster),
    'audit-log-maxsize': 100,
    'audit-log-maxbackup': 2,
  };
}

/** Where the API server notes every request, with its user: tests count requests there. */
export function auditLog(cluster: Cluster): string {
  return join(cluster.logs, 'audit.log');
}

const controllerManager: Component = {
  name: 'kube-controller-manager',
  binary: 'kube-controller-manager',
  needs: ['kube-apiserver'],
  args: (cluster) =>
    flags({
      ...controllerFlags(cluster, 'kube-controller-manager', cluster.ports.controllerManager),
      'service-account-private-key-file': join(cluster.pki, 'service-account.key'),
      'root-ca-file': join(cluster.pki, 'ca.crt'),
      'cluster-signing-cert-file': join(cluster.pki, 'ca.crt'),
      'cluster-signing-key-file': join(cluster.pki, 'ca.key'),
      'use-service-account-credentials': true,
      'allocate-node-cidrs': cluster.mode === 'full',
      'cluster-cidr': cluster.network.podRange,
      'service-cluster-ip-range': cluster.network.serviceRange,
      'node-cidr-mask-size': nodeMask,
    }),
  check: (cluster) => probeController(cluster, cluster.ports.controllerManager),
};

const scheduler: Component = {
  name: 'kube-scheduler',
  binary: 'kube-scheduler',
  needs: ['kube-apiserver'],
  args: (cluster) => flags(controllerFlags(cluster, 'kube-scheduler', cluster.ports.scheduler)),
  check: (cluster) => probeController(cluster, cluster.ports.scheduler),
};

function controllerFlags(cluster: Cluster, client: 'kube-controller-manager' | 'kube-scheduler', port: number) {
  const served = identity(cluster.pki, 'serving');
  const kubeconfig = kubeconfigOf(cluster, client);
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': loopback,
    'secure-port': port,
    'tls-cert-file': served.certificate,
    'tls-private-key-file': served.key,
    'leader-elect': false,
    profiling: false,
    // Tests wait for what they do: the usual 20 and 50 requests a second would be most of that time.
    ...(cluster.mode === 'api-only' ? { 'kube-api-qps': 1000, 'kube-api-burst': 2000 } : {}),
  };
}

async function probeController(cluster: Cluster, port: number): Promise<void> {
  await probeTls(cluster, `https://${loopback}:${port}/healthz`, { name: 'admin', ca: 'ca' });
}

export const controlPlane: readonly Component[] = [etcd, apiServer, controllerManager];
export const schedulers: readonly Component[] = [scheduler];
