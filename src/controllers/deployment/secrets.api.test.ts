import { afterAll, beforeAll, expect, it } from 'vitest';
import { image, isLive } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { secrets } from '../../objects/core.ts';
import { controllerRevisions } from '../../objects/workloads.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-secrets');
});
afterAll(() => rig.close());

async function copies(): Promise<Record<string, string>> {
  const of = { namespace: rig.namespace, labelSelector: 'vish.dev/deployment=web' };
  const { items } = await rig.client.list(secrets, of);
  return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, atob(data?.['PASSWORD'] ?? '')]));
}

/** The copy that the replicas of a release name. */
async function copyOf(name: string): Promise<string | undefined> {
  const { data } = await rig.client.get(controllerRevisions, { namespace: rig.namespace, name });
  const { configuration } = data as { configuration: { kind: string; copy: string }[] };
  return configuration.find(({ kind }) => kind === 'Secret')?.copy;
}

it('keeps what a Secret held with each release, and writes nothing more for it', async () => {
  const password = { namespace: rig.namespace, name: 'password' };
  await rig.client.create(secrets, { metadata: password, data: { PASSWORD: btoa('first') } });
  const workload = { envFrom: [{ secretRef: { name: 'password' } }] };
  await rig.apply('web', { source: image(1), workload, rollbackSecrets: true });
  await rig.until('web', isLive(1));
  await rig.client.patch(secrets, password, { data: { PASSWORD: btoa('second') } }, { type: 'merge' });
  // Instead of the minute after which it is read again.
  await rig.restart();
  const { status } = await rig.until('web', isLive(2));
  const held = await copies();

  const names = await Promise.all((status?.history ?? []).map(({ name }) => copyOf(name)));
  expect(names.map((name) => held[name ?? ''])).toEqual(['second', 'first']);
  expect(Object.keys(held)).toHaveLength(2);
  expect(status?.history?.[0]?.cause).toBe('Restart');
  expect(JSON.stringify(status)).not.toMatch(/first|second/);

  rig.requests.length = 0;
  await rig.restart();
  await rig.annotate('web', { 'example.com/touched': 'yes' });
  await rig.until('web', () => rig.requests.length >= 2);
  expect(new Set(rig.requests)).toEqual(new Set(['get secrets']));
});
