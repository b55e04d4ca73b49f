import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../hack/cluster/images/testing/registry.ts';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import { pushLayout } from '../../images/registry/layout.ts';
import { referrersOf } from '../../images/registry/referrers.ts';
import { Layout, plainHttpAt } from '../../images/registry/registry-rig.ts';
import { Repository } from '../../images/registry/repository.ts';
import { isSigned } from '../../images/signature/image.ts';
import type { SigningKey } from '../../images/signature/keys.ts';
import type { Stored } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import { systemClock } from '../../seams/system.ts';
import { createSigner, type SignerParts } from './signer.ts';

const login = { username: 'ann', password: 'planted-password' };
/** crypt(3) with bcrypt and few rounds of the password above. */
const users = 'ann:$2b$05$abcdefghijklmnopqrstuuXXXUKy4cODBo6oD0fJZB1CSpIzxX0SW';
const namespace = 'vish-system';
const { signal } = new AbortController();
const keys: Record<Trust, SigningKey> = { Trusted: aKey(), Untrusted: aKey() };

let work: string;
let registry: TestRegistry;
let outbound: Outbound;
let client: MemoryClient;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-signer-'));
  registry = await startRegistry(work, { htpasswd: users });
  const exceptions = [plainHttpAt(registry.host)];
  outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
  client = new MemoryClient();
  for (const trust of ['Trusted', 'Untrusted'] as const) {
    const pem = keys[trust].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await client.create(secrets, {
      metadata: { namespace, name: trust.toLowerCase() },
      data: encoded({ 'cosign.key': pem }),
    });
  }
  const config = JSON.stringify({ auths: { [registry.host]: login } });
  const data = encoded({ '.dockerconfigjson': config });
  await client.create(secrets, { metadata: { namespace: 'shop', name: 'login' }, data });
});

afterAll(async () => {
  await outbound.close();
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

function aKey(): SigningKey {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

function encoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

function signerWith(names: SignerParts['keys']) {
  return createSigner({ client, outbound, clock: systemClock, namespace, keys: names });
}

function projectAt(repository: string): Stored<Project> {
  const image = { repository: `${registry.host}/${repository}`, credentialsRef: { name: 'login' } };
  return { metadata: { namespace: 'shop', name: 'shop' }, spec: { image } } as unknown as Stored<Project>;
}

async function pushedTo(repository: string) {
  const layout = new Layout(await mkdtemp(join(work, 'layout-')));
  await layout.holds((await layout.image([10])).image);
  const place = { host: registry.host, repository, credentials: login, access: 'push' } as const;
  const at = new Repository({ outbound, clock: systemClock, signal, ...place });
  return { at, digest: (await pushLayout(layout.folder, at)).digest };
}

it.each([
  ['Trusted', 'acme/shop', 'Untrusted'],
  ['Untrusted', 'acme/shop-untrusted', 'Trusted'],
] as const)(
  'signs what is %s, at %s, with the key of its trust level, and never with that of what is %s',
  async (trust, repository, other) => {
    const { at, digest } = await pushedTo(repository);
    const signer = signerWith({ Trusted: 'trusted', Untrusted: 'untrusted' });

    const first = await signer.sign({ project: projectAt('acme/shop'), trust, digest }, signal);
    const again = await signer.sign({ project: projectAt('acme/shop'), trust, digest }, signal);

    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
    expect(await referrersOf(at, digest)).toHaveLength(1);
    expect(await isSigned(at, digest, [keys[trust].publicKey])).toBe(true);
    expect(await isSigned(at, digest, [keys[other].publicKey])).toBe(false);
  },
);

it('signs nothing of a trust level that has no key, and says which Secret is missing', async () => {
  const { at, digest } = await pushedTo('acme/bare');
  const pushed = { project: projectAt('acme/bare'), trust: 'Trusted', digest } as const;

  expect(await signerWith({ Untrusted: 'untrusted' }).sign(pushed, signal)).toBeUndefined();
  expect(await referrersOf(at, digest)).toEqual([]);
  await expect(signerWith({ Trusted: 'gone' }).check('Trusted', signal)).rejects.toMatchObject({
    reason: 'SigningKeyUnusable',
    message: expect.stringContaining('"gone"'),
  });
});
