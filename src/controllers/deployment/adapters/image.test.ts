import { expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { deployment } from '../../../crds/deployment/deployment.ts';
import type { Outbound } from '../../../outbound/outbound.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { resolveImage } from './image.ts';
import { pullLogin } from './pull-login.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const { signal } = new AbortController();

function aRegistry(status = 200) {
  const asked: string[] = [];
  const outbound = {
    stream: async ({ url }: { url: string }) => {
      asked.push(new URL(url).pathname);
      const headers = new Map([['docker-content-digest', digest]]);
      return { status, url, headers, body: (async function* () {})(), cancel: () => undefined };
    },
  } as unknown as Outbound;
  const loginFor = pullLogin(new MemoryClient(), { get: () => undefined });
  const resolve = resolveImage({ loginFor, outbound, clock: new ManualClock() });
  return { asked, resolve };
}

function aDeployment(cluster: object = {}) {
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' };
  const spec = { source: { image: 'registry.example.com/web:1' }, target: { cluster } };
  const parsed = deployment.schema.parse({ apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', metadata, spec });
  return { deployment: { ...parsed, metadata }, signal };
}

it.each([
  [
    'registry.example.com:5000/acme/web:1.2',
    `registry.example.com:5000/acme/web@${digest}`,
    '/v2/acme/web/manifests/1.2',
  ],
  ['registry.example.com/web', `registry.example.com/web@${digest}`, '/v2/web/manifests/latest'],
])('asks the registry what %s is', async (written, resolved, path) => {
  const { asked, resolve } = aRegistry();

  expect(await resolve(written, aDeployment())).toBe(resolved);
  expect(asked).toEqual([path]);
});

it('takes a digest as it is', async () => {
  const { asked, resolve } = aRegistry();

  expect(await resolve(`registry.example.com/web:1@${digest}`, aDeployment())).toContain(digest);
  expect(asked).toEqual([]);
});

it('says what is not there', async () => {
  await expect(aRegistry(404).resolve('registry.example.com/web:9', aDeployment())).rejects.toMatchObject({
    reason: 'SourceNotFound',
    message: expect.stringContaining('registry.example.com/web:9'),
  });
  await expect(
    aRegistry().resolve('registry.example.com/web:1', aDeployment({ imagePullSecrets: [{ name: 'gone' }] })),
  ).rejects.toMatchObject({ reason: 'CredentialsMissing', message: expect.stringContaining('"gone"') });
});
