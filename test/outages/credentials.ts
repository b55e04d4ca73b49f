import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Authority, loadAuthority } from '../../hack/cluster/bare/certificates.ts';
import type { KubeObject } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { secrets } from '../../src/objects/core.ts';
import { namespacedResource } from '../../src/objects/wire.ts';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';
import type { Connected } from '../harness/connect.ts';
import { tokenOf } from '../harness/operator/token.ts';
import { until } from '../support/until.ts';
import type { OutageWorld } from './world.ts';

const accounts = namespacedResource<KubeObject>('', 'v1', 'ServiceAccount', 'serviceaccounts');
const bindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};
const account = { namespace: 'default', name: 'operator' };

/** Rights are tried elsewhere. */
export async function accountWithAllRights({ client }: Connected): Promise<void> {
  await client.create(accounts, { metadata: account });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  const subjects = [{ kind: 'ServiceAccount', ...account }];
  await client.create(bindings, { metadata: { name: account.name }, roleRef, subjects } as KubeObject);
}

/** The account's token, of which the test says when it ends: the API gives none for less than ten minutes. */
export interface EndingToken {
  readonly token: string;
  /** The server may take it for some seconds more. */
  readonly end: () => Promise<void>;
}

export async function endingToken({ client, transport }: Connected): Promise<EndingToken> {
  const { namespace } = account;
  const { metadata } = await client.create(secrets, { metadata: { namespace, generateName: 'token-' } });
  const token = await tokenOf(transport, account, { name: metadata.name, uid: metadata.uid });
  return { token, end: () => client.delete(secrets, { namespace, name: metadata.name }) };
}

/** File with certificate and key of an administrator, which is replaced in time until the world ends. */
export async function keepRenewing(world: OutageWorld, lifetimeMs: number): Promise<string> {
  const authority = await authorityIn(world.server.pki);
  const path = join(world.folder, 'client.pem');
  const renew = async () => {
    const pair = await authority.sign({ commonName: 'operator', organization: 'system:masters', lifetimeMs });
    await replace(path, `${pair.certificate}\n${pair.key}\n`);
  };
  await renew();
  const stopping = new AbortController();
  const renewing = renewEvery(lifetimeMs / 3, renew, stopping.signal);
  world.onClose(() => {
    stopping.abort(new Error('nobody needs the certificate any more'));
    return renewing;
  });
  return path;
}

async function renewEvery(ms: number, renew: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(systemClock, ms, signal);
      await renew();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Another one of the same authority; the server sees by itself that its files changed. */
export async function changeServingCertificate({ server: { pki, url } }: OutageWorld): Promise<void> {
  const port = Number(new URL(url).port);
  const before = await servingCertificate(port);
  const authority = await authorityIn(pki);
  const next = await authority.sign({ commonName: 'kube-apiserver', hosts: ['localhost', '127.0.0.1'] });
  await replace(join(pki, 'apiserver.key'), next.key);
  await replace(join(pki, 'apiserver.crt'), next.certificate);
  await until(async () => (await servingCertificate(port)) !== before, { deadlineMs: 90_000 });
}

/** The authority that the API server trusts and is trusted by. */
async function authorityIn(pki: string): Promise<Authority> {
  const read = (name: string) => readFile(join(pki, name), 'utf8');
  return loadAuthority({ certificate: await read('ca.crt'), key: await read('ca.key') });
}

/** At once, as the kubelet does it for what it mounts. */
export async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** What a server shows to those that connect now. */
function servingCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
