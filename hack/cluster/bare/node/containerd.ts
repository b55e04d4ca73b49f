import { dirname, join } from 'node:path';
import { run } from '../../../lib/run.ts';
import type { Cluster } from '../cluster.ts';
import type { Component } from '../component.ts';
import { runFolder } from '../machine/ownership.ts';
import { mirrored, registryAddress } from './mirrors.ts';

export const containerdSocket = join(runFolder, 'containerd.sock');
export const pauseImage = 'vish.dev/pause:1';

/** Parts of containerd that a local node does not need and that write outside its folders. */
const disabled = [
  'io.containerd.nri.v1.nri',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
];

export interface ContainerdFolders {
  readonly cni: string;
  readonly runc: string;
}

/** containerd.toml. JSON strings are valid TOML strings. */
export function containerdConfig(cluster: Cluster, { cni, runc }: ContainerdFolders): string {
  const text = (value: string) => JSON.stringify(value);
  const cri = "plugins.'io.containerd.cri.v1";
  return `version = 3
root = ${text(join(cluster.paths.state, 'containerd'))}
state = ${text(join(runFolder, 'containerd'))}
disabled_plugins = ${JSON.stringify(disabled)}
[grpc]
address = ${text(containerdSocket)}
[plugins.'io.containerd.internal.v1.opt']
path = ${text(join(cluster.paths.state, 'containerd-opt'))}
[${cri}.images']
snapshotter = "overlayfs"
max_concurrent_downloads = 6
[${cri}.images'.pinned_images]
sandbox = ${text(pauseImage)}
[${cri}.images'.registry]
config_path = ${text(hostsFolder(cluster))}
[${cri}.runtime']
enable_cdi = false
# Without CAP_SYS_RESOURCE a lower score than our own is refused, and with it the whole pod.
restrict_oom_score_adj = true
# Below our folder, so that unmounting it ends every network namespace.
netns_mounts_under_state_dir = true
[${cri}.runtime'.cni]
bin_dirs = [${text(cni)}]
conf_dir = ${text(join(cluster.config, 'cni'))}
[${cri}.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${cri}.runtime'.containerd.runtimes.runc.options]
BinaryName = ${text(runc)}
Root = ${text(join(runFolder, 'runc'))}
SystemdCgroup = false
`;
}

/** Folder with one hosts.toml per registry name. */
export function hostsFolder(cluster: Cluster): string {
  return join(cluster.config, 'registries');
}

/** hosts.toml of every registry name: the local registry first, then the real one. */
export function hostsFiles(cluster: Cluster): Readonly<Record<string, string>> {
  const local = registryAddress(cluster);
  const mirror = `[host."http://${local}"]\n  capabilities = ["pull", "resolve"]\n`;
  const entries = Object.entries(mirrored).map(([name, server]) => [name, `server = "${server}"\n${mirror}`]);
  const names = [local, `127.0.0.1:${cluster.ports.registry}`, `localhost:${cluster.ports.registry}`];
  const own = names.map((name) => [name, `server = "http://${local}"\n`]);
  return Object.fromEntries([...entries, ...own]) as Record<string, string>;
}

/** Pods get addresses from the node's range; the bridge exists already, with the node's address. */
export function cniConfig(range: string): string {
  const config = {
    cniVersion: '1.0.0',
    name: 'vish',
    plugins: [
      {
        type: 'bridge',
        bridge: 'vish0',
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          // In memory: addresses that a restart of the machine freed must not stay taken.
          dataDir: join(runFolder, 'cni'),
          ranges: [[{ subnet: range }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export const containerd: Component = {
  name: 'containerd',
  binary: 'containerd',
  needs: [],
  args: (cluster) => ['--config', join(cluster.config, 'containerd.toml'), '--log-level', 'warn'],
  env: (_, binaries) => ({
    PATH: `${dirname(binaries['containerd'] ?? '')}:${process.env['PATH'] ?? ''}`,
  }),
  // Asked over its socket by a command of the same build; no client library for one question.
  check: async (cluster) => {
    await run(join(cluster.paths.state, 'bin', 'ctr'), ['-a', containerdSocket, 'version'], { timeoutMs: 3000 });
  },
};
