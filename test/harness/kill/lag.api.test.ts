import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { liveInformers, valuesOf } from '../../support/live-informer.ts';
import { type ConfigMap, configMaps } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { lagBehind, revisionNow } from './lag.ts';
import { veil } from './veil.ts';

it.each([
  ['of this kind', configMaps],
  ['of every kind', undefined],
])(
  'an operator that starts against a server that lags %s sees the past, until it has caught up',
  async (_, resource) => {
    const { cache, client, namespace, proxy, put, remove } = await liveInformers();
    await put('kept', '1');
    await put('deleted', '1');
    const revision = await revisionNow(client, configMaps);
    await put('kept', '2');
    await put('added', '1');
    await remove('deleted');

    const lag = lagBehind(proxy, { ...(resource && { resource }), revision });
    const informer = cache.informer(configMaps, { namespace });
    await informer.waitForSync();
    const seen = () => valuesOf(informer.store.list());

    expect(seen()).toEqual({ kept: '1', deleted: '1' });
    expect((await client.get(configMaps, { namespace, name: 'kept' })).data).toEqual({ value: '2' });
    lag.end();
    await until(() => isDeepStrictEqual(seen(), { kept: '2', added: '1' }), { describe: seen });
  },
);

describe('behind a veil', () => {
  async function watching() {
    const live = await liveInformers();
    const { cache, namespace, proxy, put } = live;
    const eyes = veil(proxy);
    await put('kept', '1');
    await put('deleted', '1');
    const informer = cache.informer(configMaps, { namespace });
    const events: string[] = [];
    const note = (what: string, { metadata, data }: ConfigMap) => {
      // The control plane puts its own into every namespace.
      if (metadata.name !== 'kube-root-ca.crt') events.push(`${what} ${metadata.name} ${data?.['value']}`);
    };
    await informer.waitForSync();
    informer.addHandler({
      onAdd: (object, isInitialList) => isInitialList || note('added', object),
      onUpdate: (_, object) => note('changed', object),
      onDelete: (object) => note('deleted', object),
    });
    return { ...live, eyes, events, seen: () => valuesOf(informer.store.list()) };
  }

  it('an operator sees of each object only how it is in the end', async () => {
    const { eyes, events, put, remove, seen } = await watching();
    eyes.close();
    await put('kept', '2');
    await put('added', '1');
    await put('passing', '1');
    await remove('passing');
    await put('added', '2');
    await put('kept', '3');
    await remove('deleted');
    expect([seen(), events]).toEqual([{ kept: '1', deleted: '1' }, []]);
    eyes.open();

    await until(() => isDeepStrictEqual(seen(), { kept: '3', added: '2' }), { describe: seen });
    expect(events).toEqual(['added added 2', 'changed kept 3', 'deleted deleted 1']);
  });
  it('an operator sees every event again once that is over', async () => {
    const { eyes, events, put } = await watching();
    eyes.close();
    eyes.open();
    await put('kept', '2');
    await put('kept', '3');

    await until(() => events.length === 2, { describe: () => events });
    expect(events).toEqual(['changed kept 2', 'changed kept 3']);
  });
});
