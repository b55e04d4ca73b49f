import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aConfigMap, aWidget, widgets } from '../../../test/support/objects.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { adopt, release } from './adopt.ts';
import { AlreadyOwned, controllerOf, controllerReference, isControlledBy, refersTo, withController } from './owner.ts';

const owner = { resource: widgets, object: aWidget() };
const other = { resource: widgets, object: aWidget({ name: 'other', uid: 'uid-other' }) };
const clusterOwner = { resource: { ...widgets, namespaced: false }, object: aWidget({ namespace: '' }) };
const plain = { ...controllerReference(other), controller: false };

it('sets the controller, with the kind that the resource names, and leaves the given object as it was', () => {
  const object = aConfigMap();

  const owned = withController(object, owner);

  expect(controllerOf(owned)).toEqual({
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    name: 'web',
    uid: 'uid-web',
    controller: true,
    blockOwnerDeletion: true,
  });
  expect(isControlledBy(owned, owner.object)).toBe(true);
  expect(object.metadata.ownerReferences).toBeUndefined();
});

it('sets the same controller twice without a second reference, and keeps owners that are no controllers', () => {
  const object = aConfigMap({}, { ownerReferences: [plain] });

  const twice = withController(withController(object, owner), owner);

  expect(twice.metadata.ownerReferences).toEqual([plain, controllerReference(owner)]);
});

it('makes a plain owner the controller', () => {
  const object = aConfigMap({}, { ownerReferences: [plain] });

  expect(withController(object, other).metadata.ownerReferences).toEqual([controllerReference(other)]);
});

it('refuses an object that another one controls', () => {
  const object = withController(aConfigMap(), other);

  expect(() => withController(object, owner)).toThrow(AlreadyOwned);
});

it.each([
  ['in another namespace', { namespace: 'elsewhere', name: 'settings' }],
  ['that is cluster-scoped', { name: 'settings' }],
])('refuses an object %s for an owner in a namespace', (_, metadata) => {
  expect(() => withController({ metadata }, owner)).toThrow('the owner is in namespace "shop"');
});

it.each([
  ['in a namespace', { namespace: 'shop', name: 'settings' }],
  ['that is cluster-scoped', { name: 'settings' }],
])('lets a cluster-scoped owner own an object %s', (_, metadata) => {
  expect(isControlledBy(withController({ metadata }, clusterOwner), clusterOwner.object)).toBe(true);
});

it('an owner made again under its name does not control what the old one did', () => {
  const object = withController(aConfigMap(), owner);

  expect(isControlledBy(object, aWidget({ uid: 'uid-new' }))).toBe(false);
});

it('finds references to a kind in any version of its group, and not in another group', () => {
  const reference = controllerReference(owner);

  expect(refersTo({ ...reference, apiVersion: 'example.dev/v2' }, widgets)).toBe(true);
  expect(refersTo({ ...reference, apiVersion: 'v1' }, widgets)).toBe(false);
  expect(refersTo({ ...reference, kind: 'Gadget' }, widgets)).toBe(false);
});

async function anOrphan() {
  const client = new MemoryClient();
  const object = await client.create(widgets, aWidget());
  const child = { resource: configMaps, object: await client.create(configMaps, aConfigMap()) };
  return { client, child, owner: { resource: widgets, object } };
}

it('adopts an orphan, gives it up again, and sends nothing when there is nothing to do', async () => {
  const { client, child, owner } = await anOrphan();

  const adopted = await adopt(client, child, owner);
  client.requests.length = 0;
  const again = await adopt(client, { ...child, object: adopted }, owner);
  const quiet = client.requests.length;
  const released = await release(client, { ...child, object: adopted }, owner);

  expect(isControlledBy(again, owner.object)).toBe(true);
  expect(quiet).toBe(0);
  expect(released?.metadata.ownerReferences).toEqual([]);
});

it('does not adopt for an owner that the server no longer has', async () => {
  const { client, child, owner } = await anOrphan();
  await client.delete(widgets, owner.object.metadata);
  await client.create(widgets, aWidget({ uid: 'uid-new' }));

  await expect(adopt(client, child, owner)).rejects.toMatchObject({ code: 'Conflict' });
});

it('does not adopt for an owner that is being deleted, whatever the cache says', async () => {
  const { client, child, owner } = await anOrphan();
  await client.patch(widgets, owner.object.metadata, { metadata: { finalizers: ['a.dev/b'] } }, { type: 'merge' });
  await client.delete(widgets, owner.object.metadata);

  await expect(adopt(client, child, owner)).rejects.toThrow('the owner is being deleted');
});

it('does not adopt an object that is being deleted', async () => {
  const { client, child, owner } = await anOrphan();
  const metadata = { ...child.object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };

  const adopted = adopt(client, { ...child, object: { ...child.object, metadata } }, owner);

  await expect(adopted).rejects.toThrow('the object is being deleted');
});

it('adopting an object that changed since it was read is a conflict', async () => {
  const { client, child, owner } = await anOrphan();
  await client.update(configMaps, { ...child.object, data: {} });

  await expect(adopt(client, child, owner)).rejects.toMatchObject({ code: 'Conflict' });
});
