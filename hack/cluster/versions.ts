/**
 * Every version that the local cluster is made of. A module's version stands also in `tools/<tool>/go.mod`, which Go
 * reads; `node hack/cluster/bump.ts` rewrites those files from this one, and a test holds them equal.
 */
export const versions = {
  kubernetes: 'v1.36.3',
  etcd: 'v3.6.8',
  kwok: 'v0.8.0',
  containerd: 'v2.4.2',
  runc: 'v1.5.2',
  cni: 'v1.9.1',
  registry: 'v3.1.2',
  coredns: 'v1.15.0',
  localPathProvisioner: 'v0.0.30',
  buildkit: 'v0.32.2',
  helm: 'v4.3.1',
  cosign: 'v3.1.3',
  kubeScore: 'v1.20.0',
  syft: 'v1.54.1',
  traefik: 'v3.6.12',
  /** The version that Traefik is built with: newer definitions come with a policy that forbids going back. */
  gatewayApi: 'v1.4.0',
} as const;

export type VersionedModule = keyof typeof versions;
