import type { RegistryHost } from '../plans.ts';

export interface DaemonSettings {
  readonly address: string;
  readonly state: string;
  readonly registries: readonly RegistryHost[];
  readonly rootless?: boolean | undefined;
}

/** buildkitd.toml. Other frontends than the built-in one are off: they are images that a repository could choose. */
export function daemonConfig({ address, state, registries, rootless = false }: DaemonSettings): string {
  return [
    `root = ${quoted(state)}`,
    '[grpc]',
    `address = [${quoted(address)}]`,
    '[worker.oci]',
    'enabled = true',
    'snapshotter = "overlayfs"',
    'gc = false',
    // Kubernetes masks parts of /proc, and without rights nobody mounts another one for a command.
    ...(rootless ? ['rootless = true', 'noProcessSandbox = true'] : []),
    '[worker.containerd]',
    'enabled = false',
    '[frontend."gateway.v0"]',
    'enabled = false',
    ...registries.flatMap(registryTable),
    '',
  ].join('\n');
}

function registryTable({ host, mirrors = [], http = false, insecure = false }: RegistryHost): string[] {
  return [
    `[registry.${quoted(host)}]`,
    ...(mirrors.length > 0 ? [`mirrors = [${mirrors.map(quoted).join(', ')}]`] : []),
    ...(http ? ['http = true'] : []),
    ...(insecure ? ['insecure = true'] : []),
  ];
}

/** A basic string of TOML escapes like JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
