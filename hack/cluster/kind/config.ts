import { stringify } from 'yaml';
import { gatewayNodePort, images, mirrored, registryName, registryPort } from './names.ts';

export interface KindPorts {
  /** On 127.0.0.1 of this machine. */
  gateway: number;
  registry: number;
}

/** The kubelet's default of 110 pods, and a /24 of addresses a node, are too few for the rollout benchmarks. */
const kubelet = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', maxPods: 250 };

/** Without a version on purpose: kind then turns the arguments into the form that the node's kubeadm reads. */
const controlPlane = {
  kind: 'ClusterConfiguration',
  controllerManager: { extraArgs: { 'node-cidr-mask-size': '22' } },
};

const containerd = [
  '[plugins."io.containerd.cri.v1.images".registry]',
  '  config_path = "/etc/containerd/certs.d"',
  '',
].join('\n');

/** The file for `kind create cluster --config`. Everything that listens does so on loopback only. */
export function kindConfig(cluster: string, { gateway }: KindPorts): string {
  const port = { containerPort: gatewayNodePort, hostPort: gateway, listenAddress: '127.0.0.1', protocol: 'TCP' };
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    name: cluster,
    networking: { apiServerAddress: '127.0.0.1', podSubnet: '10.244.0.0/16' },
    kubeadmConfigPatches: [stringify(kubelet), stringify(controlPlane)],
    containerdConfigPatches: [containerd],
    nodes: [{ role: 'control-plane', image: images.node, extraPortMappings: [port] }],
  });
}

/** Folder name below `certs.d` to hosts.toml: the local registry is asked first, the real one when it has not got it. */
export function registryHosts(cluster: string, { registry }: KindPorts): Record<string, string> {
  const local = `http://${registryName(cluster)}:${registryPort}`;
  const host = `[host."${local}"]\n  capabilities = ["pull", "resolve"]\n`;
  const mirrors = mirrored.map((name) => [name, `server = "https://${upstream(name)}"\n\n${host}`]);
  return { ...Object.fromEntries(mirrors), [`127.0.0.1:${registry}`]: host, [`localhost:${registry}`]: host };
}

function upstream(name: string): string {
  return name === 'docker.io' ? 'registry-1.docker.io' : name;
}
