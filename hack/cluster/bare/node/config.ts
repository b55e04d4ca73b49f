import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from '../../build/builder.ts';
import type { Cluster } from '../cluster.ts';
import { nodeRange } from '../machine/network.ts';
import { runFolder } from '../machine/ownership.ts';
import { cniConfig, containerdConfig, hostsFiles, hostsFolder } from './containerd.ts';
import { corefile } from './dns.ts';
import { kubeletConfig } from './kubelet.ts';
import { buildkitConfig, registryConfig } from './registry.ts';
import { volumeConfig, volumeFolder, volumeHelperPod } from './volumes.ts';

/** Every file that the node's parts read, by its path. */
export function nodeFiles(cluster: Cluster, binaries: Binaries): Readonly<Record<string, string>> {
  const config = (name: string) => join(cluster.config, name);
  const folders = { cni: dirname(binaries['bridge'] ?? ''), runc: binaries['runc'] ?? '' };
  const hosts = Object.entries(hostsFiles(cluster)).map(([name, text]) => [
    join(hostsFolder(cluster), name, 'hosts.toml'),
    text,
  ]);
  return {
    [config('containerd.toml')]: containerdConfig(cluster, folders),
    [config('cni/10-vish.conflist')]: cniConfig(nodeRange(cluster.network)),
    [config('registry.yaml')]: registryConfig(cluster),
    [config('buildkitd.toml')]: buildkitConfig(cluster),
    [config('kubelet.yaml')]: kubeletConfig(cluster),
    [config('Corefile')]: corefile(cluster),
    [config('volumes.json')]: volumeConfig(cluster),
    [config('volume-helper.json')]: volumeHelperPod(),
    ...(Object.fromEntries(hosts) as Record<string, string>),
  };
}

export async function writeNodeConfig(cluster: Cluster, binaries: Binaries): Promise<void> {
  for (const folder of [runFolder, volumeFolder(cluster)]) await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(nodeFiles(cluster, binaries))) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
