import { expect, it } from 'vitest';
import { failure, MemoryClient } from '../../../test/support/memory-client.ts';
import { aConfigMap } from '../../../test/support/objects.ts';
import { fc } from '../../../test/support/properties.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { isKubeError, KubeError } from '../errors/errors.ts';
import { Applier } from './apply.ts';
import { intentHash } from './intent.ts';

function setUp(maxEntries?: number) {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const limit = maxEntries === undefined ? {} : { maxEntries };
  return { client, clock, applier: new Applier({ client, clock, fieldManager: 'test', ...limit }) };
}

const key = { namespace: 'shop', name: 'settings' };

it('creates what does not exist', async () => {
  const { client, applier } = setUp();

  const { object, changed } = await applier.apply(configMaps, aConfigMap(), undefined);

  expect(changed).toBe(true);
  expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { color: 'blue' } });
  expect(client.requests).toEqual(['apply configmaps shop/settings']);
});

it('sends nothing for the second apply of one intent, whatever the order of its keys', async () => {
  const { client, applier } = setUp();
  const { object } = await applier.apply(configMaps, aConfigMap({ a: '1', b: '2' }), undefined);
  client.requests.length = 0;

  const second = await applier.apply(configMaps, aConfigMap({ b: '2', a: '1' }), object);

  expect(second).toEqual({ object, changed: false });
  expect(client.requests).toEqual([]);
});

it('sends the intent again when somebody changed the object', async () => {
  const { client, applier } = setUp();
  const { object } = await applier.apply(configMaps, aConfigMap(), undefined);
  const other = await client.update(configMaps, { ...object, data: { color: 'red' } });

  const again = await applier.apply(configMaps, aConfigMap(), other);

  expect(again.changed).toBe(true);
  expect(again.object.data).toEqual({ color: 'blue' });
});

it('sends another intent for the same version', async () => {
  const { applier } = setUp();
  const { object } = await applier.apply(configMaps, aConfigMap(), undefined);

  const { changed } = await applier.apply(configMaps, aConfigMap({ color: 'red' }), object);

  expect(changed).toBe(true);
});

it('says that nothing changed when the server had nothing to change, and remembers it', async () => {
  const { client, applier } = setUp();
  const { object } = await applier.apply(configMaps, aConfigMap(), undefined);
  const touched = await client.patch(configMaps, key, { metadata: { labels: { by: 'other' } } }, { type: 'merge' });
  client.requests.length = 0;

  const first = await applier.apply(configMaps, aConfigMap(), touched);
  const second = await applier.apply(configMaps, aConfigMap(), touched);

  expect(object.metadata.resourceVersion).not.toBe(touched.metadata.resourceVersion);
  expect([first.changed, second.changed]).toEqual([false, false]);
  expect(client.requests).toHaveLength(1);
});

it('sends the intent again after 30 minutes, and when the entry was pushed out', async () => {
  const { client, clock, applier } = setUp(1);
  const { object } = await applier.apply(configMaps, aConfigMap(), undefined);
  await clock.advance(30 * 60_000);
  await applier.apply(configMaps, aConfigMap(), object);
  await applier.apply(configMaps, aConfigMap({}, { name: 'other' }), undefined);
  client.requests.length = 0;

  await applier.apply(configMaps, aConfigMap(), object);

  expect(client.requests).toHaveLength(1);
});

it('forgets nothing of an intent that failed: it is sent again', async () => {
  const { client, applier } = setUp();
  client.fault = () => failure('Unavailable', configMaps, key);
  await expect(applier.apply(configMaps, aConfigMap(), undefined)).rejects.toThrow('apply configmaps in shop');
  client.fault = () => undefined;

  const { changed } = await applier.apply(configMaps, aConfigMap(), undefined);

  expect(changed).toBe(true);
});

it('keeps the name out of the error, and leaves code, fields and cause', async () => {
  const { client, applier } = setUp();
  const name = 'web-7f9c4';
  const cause = { field: 'data', reason: 'FieldValueInvalid', message: `${name} is too long` };
  const attempted = `apply configmaps shop/${name}`;
  const original = new KubeError({
    code: 'Invalid',
    status: 422,
    attempted,
    detail: `ConfigMap "${name}" is invalid: data: ${name} is too long`,
    causes: [cause],
  });
  client.fault = () => original;

  const error: unknown = await applier.apply(configMaps, aConfigMap({}, { name }), undefined).catch((e: unknown) => e);

  expect(isKubeError(error, 'Invalid')).toBe(true);
  expect(error).toMatchObject({
    message: 'apply configmaps in shop: ConfigMap is invalid: data: (name) is too long',
    causes: [{ ...cause, message: '(name) is too long' }],
    status: 422,
    cause: original,
  });
});

it.each([
  ['status', { ...aConfigMap(), status: {} }],
  ['metadata.resourceVersion', aConfigMap({}, { resourceVersion: '1' })],
  ['metadata.generateName', aConfigMap({}, { generateName: 'web-' })],
  ['metadata.creationTimestamp', aConfigMap({}, { creationTimestamp: '2026-01-01T00:00:00Z' })],
])('refuses an intent that holds %s', async (part, intent) => {
  const { client, applier } = setUp();

  await expect(applier.apply(configMaps, intent, undefined)).rejects.toThrow(part);
  expect(client.requests).toEqual([]);
});

it('two intents have one hash exactly when they are the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const shuffled: unknown = JSON.parse(JSON.stringify(a), (_, value: unknown) => reversed(value));
      expect(intentHash(shuffled)).toBe(intentHash(a));
      expect(intentHash(a) === intentHash(b)).toBe(canonical(a) === canonical(b));
    }),
  );
});

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toReversed());
}

/** Written in another way than the code under test: as sorted pairs of path and value. */
function canonical(value: unknown, path = ''): string {
  if (typeof value !== 'object' || value === null) return `${path}=${JSON.stringify(value)};`;
  const open = `${path}:${Array.isArray(value) ? '[]' : '{}'};`;
  const parts = Object.entries(value).map(([key, part]) => canonical(part, `${path}/${JSON.stringify(key)}`));
  return open + parts.sort().join('');
}
