import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { delay } from '../../../test/support/fault-proxy/actions.ts';
import { liveInformers } from '../../../test/support/live-informer.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../seams/system.ts';
import { ConsistencyMetrics } from './metrics.ts';
import { WrittenVersions } from './written-versions.ts';

const owner = { key: 'owner', uid: 'u' };

it('holds a key back until a slow cache has what was created and lost what was deleted', async () => {
  const { cache, namespace, proxy, put, remove } = await liveInformers();
  const informer = cache.informer(configMaps, { namespace });
  await informer.waitForSync();
  const written = track(cache);
  proxy.fault({ match: /configmaps\?.*watch=1/, times: 1, action: delay(300) });
  proxy.tcp.reset();

  const object = await put('a', '1');
  written.wrote(owner, configMaps, object);

  expect(written.ready(owner.key)).not.toBe(true);
  await until(() => written.ready(owner.key) === true, { deadlineMs: 20_000 });
  expect(informer.store.get(`${namespace}/a`)?.data).toEqual({ value: '1' });

  await remove('a');
  written.deleted(owner, configMaps, object);
  await until(() => written.ready(owner.key) === true, { deadlineMs: 20_000 });

  expect(informer.store.get(`${namespace}/a`)).toBeUndefined();
});

it('goes on with the next bookmark when the informer does not select what was written', async () => {
  const { cache, namespace, put } = await liveInformers();
  const informer = cache.informer(configMaps, { namespace, labelSelector: 'never=matches' });
  await informer.waitForSync();
  const written = track(cache);

  const object = await put('a', '1');
  written.wrote(owner, configMaps, object);
  expect(written.ready(owner.key)).not.toBe(true);
  await until(() => written.ready(owner.key) === true, { deadlineMs: 90_000 });

  expect(informer.store.size).toBe(0);
}, 120_000);

function track(cache: Awaited<ReturnType<typeof liveInformers>>['cache']): WrittenVersions {
  return new WrittenVersions({
    controller: 'test',
    clock: systemClock,
    metrics: new ConsistencyMetrics(new Registry()),
    informersOf: (resource, namespace) => cache.informersOf(resource, namespace),
    ownerUid: () => owner.uid,
  });
}
