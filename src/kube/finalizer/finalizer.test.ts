import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aWidget, widgets } from '../../../test/support/objects.ts';
import { isKubeError } from '../errors/errors.ts';
import { Finalizers } from './registry.ts';

const key = { namespace: 'shop', name: 'web' };
const route = 'vish.dev/route';
const bucket = 'vish.dev/bucket';

async function setUp(finalizers: string[] = []) {
  const client = new MemoryClient();
  const object = await client.create(widgets, aWidget({ finalizers }));
  const remove = async () => {
    await client.delete(widgets, key);
    const deleted = await client.get(widgets, key);
    client.requests.length = 0;
    return deleted;
  };
  client.requests.length = 0;
  return { client, object, remove, registry: new Finalizers(client, widgets) };
}

it('adds all finalizers to a living object in one write, keeps those of others, and then sends nothing', async () => {
  const { client, object, registry } = await setUp(['other.dev/keep']);
  registry.register(route, async () => undefined).register(bucket, async () => undefined);

  const first = await registry.reconcile(object);
  const second = await registry.reconcile(first.object ?? object);

  expect(first.object?.metadata.finalizers).toEqual(['other.dev/keep', route, bucket]);
  expect([first.changed, second.changed]).toEqual([true, false]);
  expect(client.requests).toHaveLength(1);
});

it('is a conflict when the object changed since it was read', async () => {
  const { client, object, registry } = await setUp();
  registry.register(route, async () => undefined);
  await client.update(widgets, { ...object, metadata: { ...object.metadata, finalizers: ['other.dev/new'] } });

  const error: unknown = await registry.reconcile(object).catch((e: unknown) => e);

  expect(isKubeError(error, 'Conflict')).toBe(true);
  expect((await client.get(widgets, key)).metadata.finalizers).toEqual(['other.dev/new']);
});

it('runs the work of a deleted object, removes the finalizer, and the object goes', async () => {
  const { client, registry, remove } = await setUp([route]);
  const undone: string[] = [];
  registry.register(route, async ({ metadata }) => void undone.push(metadata.name));

  const { results, changed } = await registry.reconcile(await remove());

  expect(undone).toEqual(['web']);
  expect(results).toEqual([{ name: route, outcome: 'done' }]);
  expect(changed).toBe(true);
  await expect(client.get(widgets, key)).rejects.toMatchObject({ code: 'NotFound' });
});

it('keeps the finalizer whose work failed or is under way, and removes the others', async () => {
  const { client, registry, remove } = await setUp([route, bucket, 'vish.dev/dns', 'other.dev/keep']);
  const error = new Error('no answer');
  registry.register(route, () => Promise.reject(error));
  registry.register(bucket, async () => undefined);
  registry.register('vish.dev/dns', async () => 5000);

  const { results } = await registry.reconcile(await remove());

  expect(results).toEqual([
    { name: route, outcome: 'failed', error },
    { name: bucket, outcome: 'done' },
    { name: 'vish.dev/dns', outcome: 'pending', requeueAfterMs: 5000 },
  ]);
  expect((await client.get(widgets, key)).metadata.finalizers).toEqual([route, 'vish.dev/dns', 'other.dev/keep']);
});

it('does not add a finalizer to an object that is being deleted, nor run the work of one that is not on it', async () => {
  const { client, registry, remove } = await setUp(['other.dev/keep']);
  registry.register(route, () => Promise.reject(new Error('must not run')));

  const { results, changed } = await registry.reconcile(await remove());

  expect(results).toEqual([]);
  expect(changed).toBe(false);
  expect(client.requests).toEqual([]);
});

it('is content when the object is gone before its finalizer is removed', async () => {
  const { client, registry, remove } = await setUp([route]);
  registry.register(route, async () => {
    await client.patch(widgets, key, { metadata: { finalizers: [] } }, { type: 'merge' });
  });

  const { object, results } = await registry.reconcile(await remove());

  expect(object).toBeUndefined();
  expect(results).toEqual([{ name: route, outcome: 'done' }]);
});

it.each(['route', 'vish.dev/', '/route', 'vish.dev/a/b', 'Vish.dev/route'])('refuses the name "%s"', async (name) => {
  const { registry } = await setUp();

  expect(() => registry.register(name, async () => undefined)).toThrow('must be like example.com/name');
});

it('refuses a name twice', async () => {
  const { registry } = await setUp();
  registry.register(route, async () => undefined);

  expect(() => registry.register(route, async () => undefined)).toThrow('registered already');
});
