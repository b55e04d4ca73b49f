import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { liveInformers, valuesOf } from '../../support/live-informer.ts';
import { configMaps } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { lagBehind, revisionNow } from './lag.ts';

it('an operator that starts against a lagging server sees the past, until the server has caught up', async () => {
  const { cache, client, namespace, proxy, put, remove } = await liveInformers();
  await put('kept', '1');
  await put('deleted', '1');
  const revision = await revisionNow(client, configMaps);
  await put('kept', '2');
  await put('added', '1');
  await remove('deleted');

  const lag = lagBehind(proxy, { resource: configMaps, revision });
  const informer = cache.informer(configMaps, { namespace });
  await informer.waitForSync();
  const seen = () => valuesOf(informer.store.list());

  expect(seen()).toEqual({ kept: '1', deleted: '1' });
  expect((await client.get(configMaps, { namespace, name: 'kept' })).data).toEqual({ value: '2' });
  lag.end();
  await until(() => isDeepStrictEqual(seen(), { kept: '2', added: '1' }), { describe: seen });
});
