import type { Cluster } from '../cluster.ts';

/** Where pods, the node and people find the registry. */
export function registryAddress(cluster: Cluster): string {
  return `${cluster.network.nodeAddress}:${cluster.ports.registry}`;
}

/** Registries whose images may lie in the local one, with the server that is asked when they do not. */
export const mirrored: Readonly<Record<string, string>> = {
  'docker.io': 'https://registry-1.docker.io',
  'ghcr.io': 'https://ghcr.io',
  'quay.io': 'https://quay.io',
  'public.ecr.aws': 'https://public.ecr.aws',
  'registry.k8s.io': 'https://registry.k8s.io',
};
