import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface Way {
  server: string;
  ca: string;
  /** Of the context. */
  namespace: string;
  /** How it proves who it is. Default: not at all, for a proxy that speaks for it. */
  user?: { token: string } | { tokenFile: string } | { 'client-certificate': string; 'client-key': string };
}

export function kubeconfigOf({ server, ca, namespace, user }: Way): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'harness', cluster }],
    users: [{ name: 'operator', user: user ?? {} }],
    contexts: [{ name: 'harness', context: { cluster: 'harness', user: 'operator', namespace } }],
    'current-context': 'harness',
  });
}

/** The kubeconfig as a file that goes with `remove`. */
export async function kubeconfigFile(way: Way): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'harness-kubeconfig-'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, kubeconfigOf(way), { mode: 0o600 });
  return { path, remove: () => rm(folder, { recursive: true }) };
}
