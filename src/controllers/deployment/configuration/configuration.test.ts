import { expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { deployment } from '../../../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../../crds/deployment/spec.ts';
import type { Informer, KubeObject, Stored } from '../../../kube/index.ts';
import { configMaps, secrets } from '../../../objects/core.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { ConfigurationReader } from './configuration.ts';

const { signal } = new AbortController();

function aReader() {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const seen = new Map<string, Stored<KubeObject>>();
  const informer = { store: { get: (key: string) => seen.get(key) } } as unknown as Informer<KubeObject>;
  const reader = new ConfigurationReader({ client, clock, configMaps: informer });
  const see = (object: Stored<KubeObject>) => void seen.set(`shop/${object.metadata.name}`, object);
  return { client, clock, reader, see };
}

function aDeployment(workload: DeploymentSpecInput['workload'], more: Partial<DeploymentSpecInput> = {}) {
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' };
  const spec = { source: { image: 'a.example.com/web:1' }, workload, ...more };
  const parsed = deployment.schema.parse({ apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', metadata, spec });
  return { ...parsed, metadata };
}

const withMap = aDeployment({ envFrom: [{ configMapRef: { name: 'settings' } }] });
const withSecret = aDeployment({ envFrom: [{ secretRef: { name: 'password' } }] });
const named = (name: string) => ({ metadata: { namespace: 'shop', name } });

it('reads a ConfigMap once for each of its versions, and its digest follows the data alone', async () => {
  const { client, reader, see } = aReader();
  see(await client.create(configMaps, { ...named('settings'), data: { a: '1', b: '2' } }));
  const [first] = await reader.read(withMap, signal);
  await reader.read(withMap, signal);
  see(
    await client.patch(
      configMaps,
      { namespace: 'shop', name: 'settings' },
      { metadata: { labels: { x: 'y' } } },
      { type: 'merge' },
    ),
  );
  const [labelled] = await reader.read(withMap, signal);
  see(await client.patch(configMaps, { namespace: 'shop', name: 'settings' }, { data: { a: '3' } }, { type: 'merge' }));
  const [changed] = await reader.read(withMap, signal);

  expect(client.requests.filter((request) => request.startsWith('get'))).toHaveLength(3);
  expect(labelled?.digest).toBe(first?.digest);
  expect(changed?.digest).not.toBe(first?.digest);
});

it('asks for a Secret at most once a minute, and tells nothing of it that could be guessed', async () => {
  const { client, clock, reader } = aReader();
  await client.create(secrets, { ...named('password'), data: { password: btoa('hunter2') } });
  const [first] = await reader.read(withSecret, signal);
  await reader.read(withSecret, signal);
  await client.patch(
    secrets,
    { namespace: 'shop', name: 'password' },
    { data: { password: btoa('other') } },
    { type: 'merge' },
  );
  const [kept] = await reader.read(withSecret, signal);
  await clock.advance(60_000);
  const [changed] = await reader.read(withSecret, signal);

  expect(client.requests.filter((request) => request.startsWith('get'))).toHaveLength(2);
  expect(kept?.digest).toBe(first?.digest);
  expect(changed?.digest).not.toBe(first?.digest);
});

it('does not follow a Secret whose change is to be ignored', async () => {
  const { client, reader } = aReader();
  await client.create(secrets, { ...named('password'), data: {} });

  const [held] = await reader.read({ ...withSecret, spec: { ...withSecret.spec, onSecretChange: 'Ignore' } }, signal);

  expect(held).not.toHaveProperty('digest');
});

it('has Opaque Secrets copied with a release when a rollback is to restore them, and no others', async () => {
  const { client, reader } = aReader();
  await client.create(secrets, { ...named('password'), data: {}, type: 'Opaque' });
  await client.create(secrets, { ...named('certificate'), data: {}, type: 'kubernetes.io/tls' });
  const both = aDeployment(
    { envFrom: [{ secretRef: { name: 'password' } }, { secretRef: { name: 'certificate' } }] },
    { rollbackSecrets: true },
  );
  const copied = async (of: typeof both) =>
    (await reader.read(of, signal)).flatMap(({ name, copied: is }) => (is ? [name] : []));

  expect(await copied(both)).toEqual(['password']);
  expect(await copied(withSecret)).toEqual([]);
  expect(await copied({ ...both, spec: { ...both.spec, onSecretChange: 'Ignore' } })).toEqual([]);
});

it('says what is missing', async () => {
  const { client, reader, see } = aReader();
  see(await client.create(configMaps, { ...named('settings'), data: {} }));
  const key = aDeployment({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] });

  await expect(reader.read(withSecret, signal)).rejects.toMatchObject({
    reason: 'ConfigurationMissing',
    lookAgainMs: 60_000,
  });
  await expect(reader.read(key, signal)).rejects.toThrow('ConfigMap "settings": it has no key a.');
});
