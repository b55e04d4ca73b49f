import { versions } from '../versions.ts';

/** What the kind path runs besides the user's own docker, kind and kubectl. */
export const images = {
  /** Pinned by version; kind publishes one for each Kubernetes release that it was tested with. */
  node: `kindest/node:${versions.kubernetes}`,
  registry: `registry:${versions.registry.slice(1)}`,
  traefik: `traefik:${versions.traefik}`,
} as const;

/** Registries that are asked through the local one first, so that a loaded or pushed image wins over the internet. */
export const mirrored = ['docker.io', 'ghcr.io', 'quay.io', 'public.ecr.aws', 'registry.k8s.io'] as const;

/** Port inside the node that leads to the gateway; the host's port is chosen when the cluster is made. */
export const gatewayNodePort = 30080;

/** Name in the network of kind; the same port in every cluster. */
export const registryPort = 5000;

/** The cluster's name for kind: `vish` itself, others behind the prefix, so that ours are seen as ours. */
export function clusterName(request: string): string {
  return request === 'vish' ? 'vish' : `vish-${request}`;
}

export function nodeName(cluster: string): string {
  return `${cluster}-control-plane`;
}

export function registryName(cluster: string): string {
  return `${cluster}-registry`;
}
