import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApi } from '../../../test/support/api-client.ts';
import { aConfigMap } from '../../../test/support/objects.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { systemClock } from '../../seams/system.ts';
import type { Client } from '../client/client.ts';
import { Applier } from './apply.ts';

const namespace = 'apply-test';
let api: Awaited<ReturnType<typeof openApi>>;
let sent: number;
let applier: Applier;

beforeAll(async () => {
  api = await openApi(namespace);
});

afterAll(() => api.close());

function anApplier(fieldManager: string): Applier {
  sent = 0;
  const apply: Client['apply'] = (resource, object, options) => {
    sent++;
    return api.client.apply(resource, object, options);
  };
  return new Applier({ client: { apply }, clock: systemClock, fieldManager });
}

const intent = (name: string, data: Record<string, string>) => aConfigMap(data, { namespace, name });

it('makes no request for the second apply of one intent', async () => {
  applier = anApplier('quiet');

  const { object } = await applier.apply(configMaps, intent('quiet', { a: '1' }), undefined);
  const again = await applier.apply(configMaps, intent('quiet', { a: '1' }), object);

  expect(again.changed).toBe(false);
  expect(sent).toBe(1);
});

it('takes its fields back, leaves those of others, and drops a field that it no longer wants', async () => {
  applier = anApplier('owner');
  await applier.apply(configMaps, intent('shared', { mine: '1', old: '1' }), undefined);
  const key = { namespace, name: 'shared' };
  const other = await api.client.patch(configMaps, key, { data: { mine: '2', theirs: '2' } }, { type: 'merge' });

  const { object } = await applier.apply(configMaps, intent('shared', { mine: '1' }), other);

  expect(object.data).toEqual({ mine: '1', theirs: '2' });
});

it('sees that the server had nothing to change, after a restart too', async () => {
  applier = anApplier('restarted');
  const { object } = await applier.apply(configMaps, intent('same', { a: '1' }), undefined);

  const { changed } = await anApplier('restarted').apply(configMaps, intent('same', { a: '1' }), object);

  expect(changed).toBe(false);
  expect(sent).toBe(1);
});

it('an intent with the uid of an object that is gone does not make it again', async () => {
  applier = anApplier('ghost');
  const { object } = await applier.apply(configMaps, intent('ghost', {}), undefined);
  await api.client.delete(configMaps, { namespace, name: 'ghost' });

  const { uid } = object.metadata;
  const outcome = applier.apply(configMaps, aConfigMap({}, { namespace, name: 'ghost', uid }), undefined);

  await expect(outcome).rejects.toMatchObject({ code: 'Conflict' });
});

it('an error names neither the object nor its generated part', async () => {
  applier = anApplier('loud');
  const name = 'web-7f9c4x';

  const outcome = applier.apply(configMaps, intent(name, { 'not a key': '1' }), undefined);
  const error: unknown = await outcome.catch((failed: unknown) => failed);

  expect(error).toMatchObject({ code: 'Invalid', message: expect.stringContaining('apply configmaps in apply-test') });
  expect((error as Error).message).not.toContain(name);
});
