import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from './certificates.ts';

/** Paths of one identity's certificate and key. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** The clients of the API server, by the name of their kubeconfig. */
export const clients = {
  admin: { commonName: 'admin', organization: 'system:masters' },
  'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
  'kube-scheduler': { commonName: 'system:kube-scheduler' },
  'kube-proxy': { commonName: 'system:kube-proxy' },
  coredns: { commonName: 'vish:coredns' },
  traefik: { commonName: 'vish:traefik' },
  'local-path-provisioner': { commonName: 'vish:local-path-provisioner' },
  kwok: { commonName: 'vish:kwok', organization: 'system:masters' },
} satisfies Record<string, Subject>;

export type ClientName = keyof typeof clients | 'kubelet';

export interface PkiRequest {
  readonly folder: string;
  /** Addresses of this machine that the API server answers on. */
  readonly addresses: readonly string[];
  /** First address of the service range: the `kubernetes` Service. */
  readonly serviceAddress: string;
  readonly nodeName: string;
}

/** Path of a file in the PKI folder. */
export function identity(folder: string, name: string): Identity {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

/**
 * Makes every key and certificate of a cluster, once. The folder appears whole or not at all, so an interrupted start
 * never leaves a cluster whose parts do not trust each other.
 */
export async function ensurePki(request: PkiRequest): Promise<void> {
  const { folder } = request;
  if (await exists(join(folder, 'ca.crt'))) return;
  const scratch = `${folder}.making`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await issue(scratch, request);
  await rename(scratch, folder);
}

async function issue(folder: string, request: PkiRequest): Promise<void> {
  // Loaded only here: the library costs more start-up time than every other command needs.
  const { createAuthority, createSigningKey } = await import('./certificates.ts');
  // etcd trusts an authority of its own: a client certificate of the API server must not open the database.
  const [cluster, store] = await Promise.all([createAuthority('vish-cluster'), createAuthority('vish-etcd')]);
  await writePair(folder, 'ca', cluster);
  await writePair(folder, 'etcd-ca', store);
  const loopback = ['localhost', '127.0.0.1'];
  const kubelet = { commonName: `system:node:${request.nodeName}`, organization: 'system:nodes' };
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const apiServer = [...service, ...loopback, ...request.addresses, request.serviceAddress];
  const issued: [string, Promise<{ certificate: string; key: string }>][] = [
    ['etcd', store.sign({ commonName: 'etcd', hosts: loopback })],
    ['etcd-client', store.sign({ commonName: 'kube-apiserver' })],
    ['apiserver', cluster.sign({ commonName: 'kube-apiserver', hosts: apiServer })],
    ['serving', cluster.sign({ commonName: 'vish-component', hosts: [...loopback, ...request.addresses] })],
    ['kubelet-client', cluster.sign({ commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters' })],
    ['kubelet', cluster.sign({ ...kubelet, hosts: [request.nodeName, ...loopback, ...request.addresses] })],
    ...Object.entries(clients).map(([name, subject]) => [name, cluster.sign(subject)] as [string, Promise<never>]),
  ];
  for (const [name, pair] of issued) await writePair(folder, name, await pair);
  const tokens = await createSigningKey();
  await writePrivate(join(folder, 'service-account.key'), tokens.privateKey);
  await writeFile(join(folder, 'service-account.pub'), `${tokens.publicKey}\n`);
}

async function writePair(folder: string, name: string, pair: { certificate: string; key: string }): Promise<void> {
  await writeFile(join(folder, `${name}.crt`), `${pair.certificate}\n`);
  await writePrivate(join(folder, `${name}.key`), pair.key);
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}

async function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
