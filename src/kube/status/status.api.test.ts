import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineWidgets, openApi } from '../../../test/support/api-client.ts';
import { type Widget, widgets } from '../../../test/support/objects.ts';
import { systemClock } from '../../seams/system.ts';
import { Finalizers } from '../finalizer/registry.ts';
import { adopt, release } from '../owner/adopt.ts';
import { isControlledBy } from '../owner/owner.ts';
import { StatusWriter } from './status-writer.ts';

const namespace = 'status-test';
let api: Awaited<ReturnType<typeof openApi>>;
let serial = 0;

beforeAll(async () => {
  api = await openApi(namespace);
  await defineWidgets(api.client);
});

afterAll(() => api.close());

const create = (metadata: Widget['metadata'] = {}) =>
  api.client.create(widgets, { metadata: { namespace, name: `widget-${++serial}`, ...metadata }, spec: { size: 1 } });
const finalizer = 'vish.dev/outside';

function aWriter() {
  const ownedConditions = ['Ready'];
  return new StatusWriter({
    client: api.client,
    resource: widgets,
    clock: systemClock,
    fieldManager: 'test',
    ownedConditions,
  });
}

function aDraft(object: Awaited<ReturnType<typeof create>>, ready: number) {
  const draft = aWriter().begin(object);
  draft.set({ ready });
  draft.setConditions([{ type: 'Ready', status: 'True', reason: 'Up', message: 'up', observedGeneration: 1 }]);
  return draft;
}

it('writes the status and nothing else, and the same status again is no new version', async () => {
  const object = await create();

  const written = await aDraft(object, 1).commit();
  const again = await aDraft(written ?? object, 1).commit();

  expect(written).toMatchObject({ spec: { size: 1 }, status: { ready: 1, conditions: [{ type: 'Ready' }] } });
  expect(written?.metadata.generation).toBe(object.metadata.generation);
  expect(again).toBe(written);
});

it('is a conflict when the object changed since it was read', async () => {
  const object = await create();
  await api.client.update(widgets, { ...object, spec: { size: 2 } });

  await expect(aDraft(object, 1).commit()).rejects.toMatchObject({ code: 'Conflict' });
});

it('a finalizer holds the object until its work is done', async () => {
  const registry = new Finalizers(api.client, widgets);
  let ready = false;
  registry.register(finalizer, async () => (ready ? undefined : 1000));
  const { object } = await registry.reconcile(await create());
  const key = { namespace, name: object?.metadata.name ?? '' };
  await api.client.delete(widgets, key);

  const pending = await registry.reconcile(await api.client.get(widgets, key));
  ready = true;
  const done = await registry.reconcile(await api.client.get(widgets, key));

  expect(pending.results).toEqual([{ name: finalizer, outcome: 'pending', requeueAfterMs: 1000 }]);
  expect(done.results).toEqual([{ name: finalizer, outcome: 'done' }]);
  await expect(api.client.get(widgets, key)).rejects.toMatchObject({ code: 'NotFound' });
});

it('adding and removing finalizers with a stale list is a conflict, and removing from what is gone is none', async () => {
  const registry = new Finalizers(api.client, widgets).register(finalizer, async () => undefined);
  const object = await create();
  await api.client.patch(widgets, { namespace, name: object.metadata.name }, { spec: { size: 3 } }, { type: 'merge' });
  const gone = {
    ...object,
    metadata: { ...object.metadata, name: 'gone', deletionTimestamp: 'x', finalizers: [finalizer] },
  };

  await expect(registry.reconcile(object)).rejects.toMatchObject({ code: 'Conflict' });
  expect((await registry.reconcile(gone)).object).toBeUndefined();
});

it('adopts and gives up, and a stale adoption is a conflict', async () => {
  const owner = { resource: widgets, object: await create() };
  const child = { resource: widgets, object: await create() };

  const adopted = await adopt(api.client, child, owner);
  const stale = adopt(api.client, child, owner);
  await expect(stale).rejects.toMatchObject({ code: 'Conflict' });
  const released = await release(api.client, { ...child, object: adopted }, owner);

  expect(isControlledBy(adopted, owner.object)).toBe(true);
  expect(released?.metadata.ownerReferences ?? []).toEqual([]);
});
