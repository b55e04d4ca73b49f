import { expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { type Informer, KubeError, type KubeObject } from '../../../kube/index.ts';
import { secrets } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';
import type { ControllerRevision } from '../../../objects/workloads.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { ConfigurationReader, type Held } from './configuration.ts';
import { ofSecret } from './content.ts';
import { keepSecretCopy } from './secret-copies.ts';

const { signal } = new AbortController();
const value = btoa('hunter2');
const metadata = { namespace: 'shop', name: 'web-abc', uid: 'revision-1', resourceVersion: '1' };
const revision = { metadata, revision: 1, data: {} } as unknown as Read<ControllerRevision>;
const copyKey = { namespace: 'shop', name: 'web-abc-1' };

/** A release that holds a Secret with the value above. */
async function aCopy() {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const none = { store: { get: () => undefined } } as unknown as Informer<KubeObject>;
  const configuration = new ConfigurationReader({ client, clock, configMaps: none });
  const source = { metadata: { namespace: 'shop', name: 'password' }, data: { password: value } };
  const { digest } = await ofSecret(await client.create(secrets, source));
  const each: Held = { kind: 'Secret', name: 'password', track: true, keys: [], digest, copied: true };
  client.requests.length = 0;
  const keep = () => keepSecretCopy({ client, configuration, signal }, revision, { each, copy: copyKey.name });
  return { client, clock, keep };
}

it('makes a copy that nobody can change and that goes with the release, and asks for it each ten minutes', async () => {
  const { client, clock, keep } = await aCopy();
  await keep();
  const made = client.requests.length;
  await keep();
  const silent = client.requests.length;
  await clock.advance(600_000);
  await keep();

  expect(await client.get(secrets, copyKey)).toMatchObject({
    type: 'Opaque',
    immutable: true,
    data: { password: value },
    metadata: { ownerReferences: [{ kind: 'ControllerRevision', uid: 'revision-1', controller: true }] },
  });
  expect([made, silent, client.requests.filter((request) => request.startsWith('create')).length]).toEqual([3, 3, 1]);
});

it('takes no Secret for its own that somebody else made under that name', async () => {
  const { client, keep } = await aCopy();
  await client.create(secrets, { metadata: copyKey, data: {} });

  await expect(keep()).rejects.toMatchObject({ reason: 'ForeignOwner' });
});

it('waits for the copy to go that a deleted release of its name left', async () => {
  const { client, keep } = await aCopy();
  const owner = { apiVersion: 'apps/v1', kind: 'ControllerRevision', name: 'web-abc', uid: 'old', controller: true };
  await client.create(secrets, { metadata: { ...copyKey, ownerReferences: [owner] }, data: {} });

  await expect(keep()).rejects.toMatchObject({ reason: 'CleaningUp' });
});

it('copies no other content than that which the release is known by', async () => {
  const { client, keep } = await aCopy();
  await client.patch(
    secrets,
    { namespace: 'shop', name: 'password' },
    { data: { password: 'eA==' } },
    { type: 'merge' },
  );

  await expect(keep()).rejects.toMatchObject({ reason: 'ResolvingSource' });
  expect(client.requests.filter((request) => request.startsWith('create'))).toEqual([]);
});

it('says which right is missing, and nothing of what the Secret holds', async () => {
  const { client, keep } = await aCopy();
  const refused = new KubeError({ code: 'Forbidden', status: 403, attempted: 'create secrets', detail: 'not allowed' });
  client.fault = (request) => (request.startsWith('create') ? refused : undefined);

  const error = await keep().then(String, String);
  expect(error).toContain('rollbackSecrets needs a right');
  expect(error).not.toContain(value);
});
