import { versions } from '../versions.ts';

/** One `go build`: the binaries that come out of it are cached and checked together. */
export interface Tool {
  readonly name: string;
  /** Folder below `tools/` with the go.mod. */
  readonly module: string;
  /** Binary name to Go package. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Settings of `-ldflags -X`: without them most of these call themselves v0.0.0 or "unknown". */
  readonly variables?: Readonly<Record<string, string>>;
  readonly tags?: string;
  /** Needs a C compiler. */
  readonly cgo?: boolean;
  /** Seconds this takes on 2 cores with nothing cached: orders the progress line's estimate. */
  readonly seconds: number;
}

const kube = 'k8s.io/kubernetes/cmd';
const kubeVariables = stampKubernetes(versions.kubernetes);
const containerd = 'github.com/containerd/containerd/v2';
const cni = 'github.com/containernetworking/plugins/plugins';
const buildkit = 'github.com/moby/buildkit';

/** Everything that is built, in the order it is needed: the node's parts before the slow gateway. */
export const tools = {
  etcd: tool('etcd', { binaries: { etcd: 'go.etcd.io/etcd/server/v3' }, seconds: 20 }),
  controlPlane: tool('control-plane', {
    module: 'kubernetes',
    binaries: kubeBinaries('kube-apiserver', 'kube-controller-manager', 'kubectl'),
    variables: kubeVariables,
    seconds: 220,
  }),
  scheduler: tool('scheduler', {
    module: 'kubernetes',
    binaries: kubeBinaries('kube-scheduler'),
    variables: kubeVariables,
    seconds: 10,
  }),
  kwok: tool('kwok', {
    binaries: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    variables: { 'sigs.k8s.io/kwok/pkg/consts.Version': versions.kwok },
    seconds: 40,
  }),
  node: tool('node', {
    module: 'kubernetes',
    binaries: kubeBinaries('kubelet', 'kube-proxy'),
    variables: kubeVariables,
    seconds: 20,
  }),
  containerd: tool('containerd', {
    binaries: packages(`${containerd}/cmd`, 'containerd', 'containerd-shim-runc-v2', 'ctr'),
    variables: { [`${containerd}/version.Version`]: versions.containerd },
    seconds: 50,
  }),
  runc: tool('runc', {
    binaries: { runc: 'github.com/opencontainers/runc' },
    tags: 'seccomp',
    cgo: true,
    seconds: 6,
  }),
  cni: tool('cni', {
    binaries: {
      ...packages(`${cni}/main`, 'bridge', 'loopback'),
      'host-local': `${cni}/ipam/host-local`,
      portmap: `${cni}/meta/portmap`,
    },
    seconds: 3,
  }),
  pause: tool('pause', { binaries: { pause: 'vish.dev/hack/cluster/tools/pause' }, seconds: 1 }),
  registry: tool('registry', {
    binaries: { registry: 'github.com/distribution/distribution/v3/cmd/registry' },
    variables: { 'github.com/distribution/distribution/v3/version.version': versions.registry },
    seconds: 55,
  }),
  coredns: tool('coredns', { binaries: { coredns: 'github.com/coredns/coredns' }, seconds: 75 }),
  localPath: tool('local-path-provisioner', {
    binaries: { 'local-path-provisioner': 'github.com/rancher/local-path-provisioner' },
    seconds: 30,
  }),
  buildkit: tool('buildkit', {
    binaries: packages(`${buildkit}/cmd`, 'buildkitd', 'buildctl'),
    variables: { [`${buildkit}/version.Version`]: versions.buildkit },
    seconds: 63,
  }),
  traefik: tool('traefik', {
    binaries: { traefik: 'github.com/traefik/traefik/v3/cmd/traefik' },
    variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': versions.traefik.slice(1) },
    seconds: 270,
  }),
  helm: tool('helm', {
    binaries: { helm: 'helm.sh/helm/v4/cmd/helm' },
    variables: { 'helm.sh/helm/v4/internal/version.version': versions.helm },
    seconds: 73,
  }),
  /** Lists what is in an image; no cluster needs it. */
  syftScanner: tool('syft-scanner', {
    binaries: { 'syft-scanner': 'vish.dev/hack/cluster/tools/syft-scanner' },
    variables: { 'main.version': versions.syft },
    seconds: 190,
  }),
  /** For the tests of signatures; no cluster needs it. */
  cosign: tool('cosign', {
    binaries: { cosign: 'github.com/sigstore/cosign/v3/cmd/cosign' },
    variables: { 'sigs.k8s.io/release-utils/version.gitVersion': versions.cosign },
    seconds: 180,
  }),
  /** For the test of the manifests that people install. */
  kubeScore: tool('kube-score', {
    binaries: { 'kube-score': 'github.com/zegl/kube-score/cmd/kube-score' },
    seconds: 50,
  }),
} satisfies Record<string, Tool>;

export type ToolId = keyof typeof tools;

/** What an api-only cluster runs and gives to its user. */
export const apiOnlyTools: readonly ToolId[] = ['etcd', 'controlPlane'];
/** What hollow nodes need on top. */
export const hollowTools: readonly ToolId[] = ['scheduler', 'kwok'];
/** What the node needs to be Ready and to answer DNS. */
export const nodeTools: readonly ToolId[] = [
  ...apiOnlyTools,
  'scheduler',
  'node',
  'containerd',
  'runc',
  'cni',
  'pause',
  'registry',
  'coredns',
];
/** What may come after the node is Ready, because it is slow to build and no node part waits for it. */
export const lateTools: readonly ToolId[] = ['localPath', 'buildkit', 'traefik', 'helm'];

/** What is built by what asks for it: tests, and the image that lists contents. */
export const toolsOnDemand: readonly ToolId[] = ['cosign', 'kubeScore', 'syftScanner'];

function tool(name: string, rest: Omit<Tool, 'name' | 'module'> & { module?: string }): Tool {
  return { name, module: name, ...rest };
}

function packages(root: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${root}/${name}`]));
}

function kubeBinaries(...names: readonly string[]): Record<string, string> {
  return packages(kube, ...names);
}

function stampKubernetes(version: string): Record<string, string> {
  const [major = '1', minor = '0'] = version.slice(1).split('.');
  const stamp = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const places = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return Object.fromEntries(
    places.flatMap((place) => Object.entries(stamp).map(([key, value]) => [`${place}.${key}`, value])),
  );
}
