import { type VersionedModule, versions } from '../versions.ts';

/** One folder below `tools/` and the Go module whose version `versions.ts` decides there. */
export interface ToolModule {
  readonly folder: string;
  readonly path: string;
  readonly version: string;
  /** The module is built with replacements of its own, which a go.mod that only requires it has to repeat. */
  readonly replaces: boolean;
}

export const toolModules: readonly ToolModule[] = [
  toolModule('etcd', 'go.etcd.io/etcd/server/v3', 'etcd'),
  toolModule('kubernetes', 'k8s.io/kubernetes', 'kubernetes', true),
  toolModule('kwok', 'sigs.k8s.io/kwok', 'kwok'),
  toolModule('containerd', 'github.com/containerd/containerd/v2', 'containerd'),
  toolModule('runc', 'github.com/opencontainers/runc', 'runc'),
  toolModule('cni', 'github.com/containernetworking/plugins', 'cni'),
  toolModule('registry', 'github.com/distribution/distribution/v3', 'registry'),
  toolModule('coredns', 'github.com/coredns/coredns', 'coredns'),
  toolModule('local-path-provisioner', 'github.com/rancher/local-path-provisioner', 'localPathProvisioner'),
  toolModule('buildkit', 'github.com/moby/buildkit', 'buildkit'),
  toolModule('helm', 'helm.sh/helm/v4', 'helm'),
  toolModule('cosign', 'github.com/sigstore/cosign/v3', 'cosign'),
  toolModule('kube-score', 'github.com/zegl/kube-score', 'kubeScore'),
  toolModule('syft-scanner', 'github.com/anchore/syft', 'syft'),
  toolModule('traefik', 'github.com/traefik/traefik/v3', 'traefik', true),
];

function toolModule(folder: string, path: string, version: VersionedModule, replaces = false): ToolModule {
  return { folder, path, version: versions[version], replaces };
}

/** The version that the text of a go.mod requires of a module. */
export function requiredVersion(goMod: string, path: string): string | undefined {
  for (const line of goMod.split('\n')) {
    const [first, second, third] = line.trim().split(/\s+/);
    if (first === path && second?.startsWith('v')) return second;
    if (first === 'require' && second === path) return third;
  }
  return undefined;
}

/** What `go mod edit -json` says of one replacement. */
export interface Replacement {
  readonly Old: { readonly Path: string };
  readonly New: { readonly Path: string; readonly Version?: string | undefined };
}

/**
 * Arguments of `go mod edit` that repeat a module's replacements. Kubernetes replaces its libraries by folders of its
 * own repository; outside they are modules whose version begins with 0 instead of 1.
 */
export function replaceArguments(replacements: readonly Replacement[], version: string): string[] {
  return replacements.map((replacement) => {
    const { Path: from } = replacement.Old;
    const { Path: to, Version } = replacement.New;
    return Version === undefined
      ? `-replace=${from}=${from}@${version.replace(/^v1\./, 'v0.')}`
      : `-replace=${from}=${to}@${Version}`;
  });
}
