import { run } from '../../lib/run.ts';
import { registryHosts } from './config.ts';
import { images, nodeName, registryName, registryPort } from './names.ts';
import type { KindRecord } from './record.ts';

const label = 'vish.dev/cluster';

/** Starts the cluster's own registry, or the stopped one again, and connects it to the network of kind. */
export async function startRegistry({ cluster, registry }: KindRecord): Promise<void> {
  const name = registryName(cluster);
  const state = await registryState(cluster);
  if (state === undefined) {
    const publish = `127.0.0.1:${registry}:${registryPort}`;
    const args = ['run', '--detach', '--restart=unless-stopped', '--name', name, '--label', `${label}=${cluster}`];
    await run('docker', [...args, '--network', 'kind', '--publish', publish, images.registry], { timeoutMs: 300_000 });
  } else if (state !== 'running') {
    await run('docker', ['start', name]);
  }
}

/** `running`, `exited` ...; undefined when there is no such container of ours. */
export async function registryState(cluster: string): Promise<string | undefined> {
  const filters = ['--filter', `label=${label}=${cluster}`, '--filter', `name=^${registryName(cluster)}$`];
  const { stdout } = await run('docker', ['ps', '--all', ...filters, '--format', '{{.State}}']);
  return stdout.trim().split('\n')[0] || undefined;
}

/** Removes the container with its contents; a container of that name without our label is left alone. */
export async function removeRegistry(cluster: string): Promise<void> {
  if ((await registryState(cluster)) === undefined) return;
  await run('docker', ['rm', '--force', '--volumes', registryName(cluster)]);
}

/** Tells the node's containerd to ask the registry first; it reads these files anew for each pull. */
export async function writeRegistryHosts(record: KindRecord): Promise<void> {
  const input = hostsScript(registryHosts(record.cluster, record));
  await run('docker', ['exec', '--interactive', nodeName(record.cluster), 'sh', '-eu'], { input });
}

/** One script for all files: a call into the node for each of them would take seconds. */
function hostsScript(hosts: Record<string, string>): string {
  const files = Object.entries(hosts).map(([host, content]) => {
    const folder = `/etc/containerd/certs.d/${host}`;
    return `mkdir -p '${folder}'\ncat > '${folder}/hosts.toml' <<'END'\n${content}END\n`;
  });
  return files.join('');
}
