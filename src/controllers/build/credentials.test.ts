import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import type { Build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Stored } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import { readCredentials } from './credentials.ts';

const { signal } = new AbortController();
const own = { credentialsRef: { name: 'ours' } };
const both = { ...own, untrustedCredentialsRef: { name: 'forks' } };

/** Each Secret of the namespace holds a login that says its name. */
async function readFor(trust: Trust | undefined, refs: object) {
  const client = new MemoryClient();
  for (const name of ['ours', 'forks']) {
    const data = { '.dockerconfigjson': Buffer.from(`login of ${name}`).toString('base64') };
    await client.create(secrets, { metadata: { namespace: 'shop', name }, data });
  }
  await client.create(secrets, { metadata: { namespace: 'shop', name: 'empty' }, data: {} });
  const metadata = { namespace: 'shop', name: 'shop', uid: 'u', resourceVersion: '1' };
  const build = { metadata, spec: {}, status: trust && { trust } } as unknown as Stored<Build>;
  const spec = { source: { git: { url: 'https://git.test/a.git' } }, image: { repository: 'r.test/shop', ...refs } };
  const project = { metadata, spec } as unknown as Stored<Project>;
  const { registryLogin } = await readCredentials({ build, project }, { client }, signal);
  return { registryLogin, read: client.requests.filter((request) => request.startsWith('get secrets')) };
}

it.each([
  ['Trusted', 'ours'],
  ['Untrusted', 'forks'],
] as const)(
  'gives a build that is %s the login for its own images, and does not even read the other',
  async (trust, name) => {
    expect(await readFor(trust, both)).toEqual({
      registryLogin: `login of ${name}`,
      read: [`get secrets shop/${name}`],
    });
  },
);

it.each(['Untrusted', undefined] as const)(
  'never gives the login of trusted images to a build that is %s',
  async (trust) => {
    await expect(readFor(trust, own)).rejects.toMatchObject({
      reason: 'CredentialsMissing',
      message: expect.stringMatching(/may push to r\.test\/shop-untrusted alone.*image\.untrustedCredentialsRef/),
    });
  },
);

it('gives no login where the registry asks for none', async () => {
  expect(await readFor('Untrusted', {})).toEqual({ registryLogin: undefined, read: [] });
});

it('names the field whose Secret is no login', async () => {
  const empty = { ...own, untrustedCredentialsRef: { name: 'empty' } };

  await expect(readFor('Untrusted', empty)).rejects.toThrow(
    'the Secret of image.untrustedCredentialsRef needs the key',
  );
});

const token = { id: 'token', name: 'ours', key: '.dockerconfigjson' };

async function secretsFor(trust: Trust, asked: (typeof token)[]) {
  const client = new MemoryClient();
  const data = { '.dockerconfigjson': Buffer.from('planted').toString('base64'), big: 'a'.repeat(500_000) };
  await client.create(secrets, { metadata: { namespace: 'shop', name: 'ours' }, data });
  const metadata = { namespace: 'shop', name: 'shop', uid: 'u', resourceVersion: '1' };
  const build = { metadata, spec: { build: { secrets: asked } }, status: { trust } } as unknown as Stored<Build>;
  const spec = { source: { git: { url: 'https://git.test/a.git' } }, image: { repository: 'r.test/shop' } };
  const project = { metadata, spec } as unknown as Stored<Project>;
  const { buildSecrets } = await readCredentials({ build, project }, { client }, signal);
  return { buildSecrets, read: client.requests.filter((request) => request.startsWith('get secrets')) };
}

it('gives a trusted build what its commands may mount', async () => {
  expect(await secretsFor('Trusted', [token])).toEqual({
    buildSecrets: { token: Buffer.from('planted').toString('base64') },
    read: ['get secrets shop/ours'],
  });
});

it('gives an untrusted build nothing that commands may mount, and does not read it', async () => {
  expect(await secretsFor('Untrusted', [token])).toEqual({ buildSecrets: undefined, read: [] });
});

it.each([
  ['CredentialsMissing', [{ ...token, name: 'gone' }], 'there is no Secret "gone" in this namespace'],
  ['CredentialsMissing', [{ ...token, key: 'gone' }], 'the Secret "ours" has no key "gone"; add it, or correct build.'],
  [
    'BuildTooLarge',
    [
      { ...token, key: 'big' },
      { ...token, id: 'other', key: 'big' },
    ],
    'take 1000000 bytes together',
  ],
])('says %s of a secret that cannot be had', async (reason, asked, message) => {
  await expect(secretsFor('Trusted', asked)).rejects.toMatchObject({
    reason,
    message: expect.stringContaining(message) as string,
  });
});
