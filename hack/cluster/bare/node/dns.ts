import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { apply } from '../api.ts';
import { type Cluster, loopback } from '../cluster.ts';
import type { Component } from '../component.ts';
import { kubeconfigOf } from '../kubeconfig.ts';
import { addressIn } from '../machine/network.ts';
import { probeHttp } from '../probes.ts';
import { dnsAddress } from './kubelet.ts';

const probeName = 'kubernetes.default.svc.cluster.local';

export function corefile(cluster: Cluster): string {
  return `.:${cluster.ports.dns} {
  bind ${cluster.network.nodeAddress}
  errors
  ready ${loopback}:${cluster.ports.dnsHealth}
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${JSON.stringify(kubeconfigOf(cluster, 'coredns'))}
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }
  forward . /etc/resolv.conf
  cache 5
}
`;
}

/** Runs beside the node, so that DNS answers before the first image can be pulled. */
export const coredns: Component = {
  name: 'coredns',
  binary: 'coredns',
  needs: ['kube-apiserver'],
  args: (cluster) => ['-conf', join(cluster.config, 'Corefile')],
  prepare: (cluster) => apply(cluster, dnsObjects(cluster)),
  check: (cluster) => probeHttp(`http://${loopback}:${cluster.ports.dnsHealth}/ready`),
};

/** Asks the way a pod asks: at the Service's address, through kube-proxy's rules. */
export async function checkDns(cluster: Cluster): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([dnsAddress(cluster)]);
  const addresses = await resolver.resolve4(probeName);
  const expected = addressIn(cluster.network.serviceRange, 1);
  if (!addresses.includes(expected)) throw new Error(`${probeName} is ${addresses.join(', ')}, not ${expected}`);
}

function dnsObjects(cluster: Cluster): object[] {
  const read = (apiGroups: string[], resources: string[]) => ({ apiGroups, resources, verbs: ['list', 'watch'] });
  const metadata = { name: 'vish-coredns' };
  const namespaced = { name: 'kube-dns', namespace: 'kube-system' };
  const ports = (port: number) => [
    { name: 'dns', protocol: 'UDP', port },
    { name: 'dns-tcp', protocol: 'TCP', port },
  ];
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata,
      rules: [
        read([''], ['endpoints', 'services', 'pods', 'namespaces']),
        read(['discovery.k8s.io'], ['endpointslices']),
      ],
    },
    clusterRoleBinding('vish-coredns', 'vish:coredns'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...namespaced, labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: dnsAddress(cluster), ports: ports(53) },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...namespaced, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [cluster.network.nodeAddress], conditions: { ready: true } }],
      ports: ports(cluster.ports.dns),
    },
  ];
}

/** Gives the user of a client certificate the cluster role of the same purpose. */
export function clusterRoleBinding(role: string, user: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}
