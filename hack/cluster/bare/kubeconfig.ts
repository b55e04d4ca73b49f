import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Cluster } from './cluster.ts';
import { type ClientName, clients, identity } from './pki.ts';

/** Writes one kubeconfig per client of the API server, and the administrator's where people look for it. */
export async function writeKubeconfigs(cluster: Cluster): Promise<void> {
  await mkdir(cluster.config, { recursive: true });
  for (const name of [...(Object.keys(clients) as ClientName[]), 'kubelet' as const]) {
    await writeKubeconfig(kubeconfigOf(cluster, name), await render(cluster, name));
  }
  await writeKubeconfig(cluster.paths.kubeconfig, await render(cluster, 'admin'));
}

export function kubeconfigOf(cluster: Cluster, client: ClientName): string {
  return join(cluster.config, `${client}.kubeconfig`);
}

/** URL of the API server. */
export function apiUrl(cluster: Cluster): string {
  return `https://${cluster.apiAddress}:${cluster.ports.api}`;
}

/** Keys and certificates are embedded, so that the file can be copied anywhere. */
async function render(cluster: Cluster, client: ClientName): Promise<string> {
  const files = identity(cluster.pki, client);
  const embed = async (file: string) => (await readFile(file)).toString('base64');
  const name = cluster.name === 'vish' ? 'vish' : `vish-${cluster.name}`;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [
        {
          name,
          cluster: {
            server: apiUrl(cluster),
            'certificate-authority-data': await embed(join(cluster.pki, 'ca.crt')),
          },
        },
      ],
      users: [
        {
          name,
          user: {
            'client-certificate-data': await embed(files.certificate),
            'client-key-data': await embed(files.key),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
    },
    { lineWidth: 0 },
  );
}

async function writeKubeconfig(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
}
