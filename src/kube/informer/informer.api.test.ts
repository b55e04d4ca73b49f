import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import {
  cutAfter,
  delay,
  dropLines,
  duplicateLines,
  mapLines,
  respond,
  rewriteBody,
  splitInto,
} from '../../../test/support/fault-proxy/actions.ts';
import { liveInformers, valuesOf } from '../../../test/support/live-informer.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import type { SharedInformer } from './shared-informer.ts';

const watchPath = /configmaps\?.*watch=1/;

it('fills itself by WatchList and follows, with one request', async () => {
  const live = await start();
  await live.put('b', 'ä漢🚀');
  await live.remove('a');

  await live.settled({ b: 'ä漢🚀' });

  expect(live.requests()).toEqual(['watchList']);
  const { metadata, kind, apiVersion } = live.informer.store.get(`${live.namespace}/b`) ?? {};
  expect([apiVersion, kind]).toEqual(['v1', 'ConfigMap']);
  expect(metadata).not.toHaveProperty('managedFields');
});

it('goes on without a list when its connection is reset, and when the server asks it to leave the connection', async () => {
  const live = await start();

  live.proxy.tcp.reset();
  await live.put('b', '2');
  await live.settled({ a: '1', b: '2' });
  live.proxy.goaway();
  await live.put('b', '3');
  await live.settled({ a: '1', b: '3' });

  expect(live.requests().filter((kind) => kind === 'watchList')).toHaveLength(1);
});

it.each(['both', 'h1'] as const)(
  'misses and doubles nothing when the answer is cut at any byte, over %s',
  async (protocols) => {
    const live = await start({ protocols });
    for (let bytes = 0; bytes < 1500; bytes += 97) {
      live.proxy.fault({ match: watchPath, times: 1, action: [splitInto(7), cutAfter(bytes)] });
      live.proxy.tcp.reset();
      await live.put('b', `ä漢🚀 ${bytes}`);
      await live.put('c', `${bytes}`);
      await live.remove('c');

      await live.settled({ a: '1', b: `ä漢🚀 ${bytes}` });
    }

    expect(live.stats().syncs).toBe(1);
    expect(live.stats().anomalies).toBe(0);
  },
);

it('reads a stream that comes late, byte by byte', async () => {
  const live = await start();
  live.proxy.fault({ match: watchPath, times: 1, action: [delay(300), splitInto(1)] });
  live.proxy.tcp.reset();

  await live.put('b', 'ä漢🚀');

  await live.settled({ a: '1', b: 'ä漢🚀' });
  expect(live.stats().failures.Undecodable).toBe(0);
});

it('takes events that come three times once', async () => {
  const live = await start();
  live.proxy.fault({ match: watchPath, times: 1, action: duplicateLines(3) });
  live.proxy.tcp.reset();

  await live.put('b', '1');
  await live.remove('b');
  await live.put('b', '2');

  await live.settled({ a: '1', b: '2' });
  expect(live.log).toEqual(['add a', 'add b', 'delete b', 'add b']);
  expect(live.stats().skipped).toBeGreaterThan(0);
});

it('lists again after 410, as an answer and inside the stream, without a change for what is the same', async () => {
  const live = await start();
  const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  live.proxy.fault({ match: watchPath, times: 1, action: respond(410, { reason: 'Expired' }) });
  live.proxy.tcp.reset();
  await until(() => live.stats().syncs === 2, { deadlineMs: 20_000 });
  live.proxy.fault({ match: watchPath, times: 1, action: mapLines((line) => [line, JSON.stringify(gone)]) });
  live.proxy.tcp.reset();
  await live.put('b', '2');
  await until(() => live.stats().syncs === 3, { deadlineMs: 20_000 });

  await live.settled({ a: '1', b: '2' });
  expect(live.log).toEqual(['add a', 'add b']);
  expect(live.stats().failures.Expired).toBe(2);
});

it.each([
  [429, 'Throttled'],
  [500, 'Internal'],
  [503, 'Unavailable'],
] as const)('asks again for the same watch after %i', async (code, reason) => {
  const live = await start();
  live.proxy.fault({ match: watchPath, times: 2, action: respond(code) });
  live.proxy.tcp.reset();

  await live.put('b', '2');

  await live.settled({ a: '1', b: '2' });
  expect(live.stats().failures[reason]).toBeGreaterThan(0);
  expect(live.stats().syncs).toBe(1);
});

it('comes back by itself when the server was not to be reached for a while', async () => {
  const live = await start();
  live.proxy.tcp.refuse(true);
  live.proxy.tcp.reset();
  await live.put('b', '2');
  await until(() => live.stats().failures.NoAnswer > 1, { deadlineMs: 20_000 });

  live.proxy.tcp.refuse(false);

  await live.settled({ a: '1', b: '2' });
  expect(live.stats().syncs).toBe(1);
});

it('notices that an event was lost when a later one does not fit, and lists again', async () => {
  const live = await start();
  live.proxy.fault({ match: watchPath, times: 1, action: dropLines('"ADDED"') });
  live.proxy.tcp.reset();
  await live.put('lost', '1');
  await live.put('lost', '2');

  await live.settled({ a: '1', lost: '2' });
  await until(() => live.stats().syncs === 2, { deadlineMs: 20_000 });

  expect(live.stats()).toMatchObject({ anomalies: 1 });
});

it('lists page by page from a server without WatchList, and refuses a list that is older than its store', async () => {
  const live = await start({ noWatchList: true });
  await until(() => isDeepStrictEqual(live.requests(), ['watchList', 'list', 'watch']), { deadlineMs: 20_000 });
  const old = JSON.stringify({ metadata: { resourceVersion: '1' }, items: [] });
  live.proxy.fault({ match: /configmaps\?.*NotOlderThan/, times: 1, action: rewriteBody(() => old) });
  live.proxy.fault({ match: watchPath, times: 1, action: respond(410, { reason: 'Expired' }) });
  live.proxy.tcp.reset();
  await live.put('b', '2');

  await live.settled({ a: '1', b: '2' });
  expect(live.stats().failures).toMatchObject({ Stale: 1, Expired: 1 });
  expect(live.log).toEqual(['add a', 'add b']);
});

it('keeps only metadata of a kind when asked to', async () => {
  const live = await start();
  const informer = live.cache.metadataInformer(configMaps, { namespace: live.namespace });
  await informer.waitForSync();
  await live.put('b', 'secret');
  await until(() => informer.store.get(`${live.namespace}/b`) !== undefined, { deadlineMs: 20_000 });

  const object = informer.store.get(`${live.namespace}/b`);

  expect(Object.keys(object ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
  expect(object?.metadata.name).toBe('b');
});

interface StartOptions {
  protocols?: 'both' | 'h1';
  noWatchList?: boolean;
}

/** An informer of a fresh namespace that holds `a`. */
async function start({ protocols = 'both', noWatchList = false }: StartOptions = {}) {
  const live = await liveInformers({ protocols });
  const { cache, namespace, proxy } = live;
  await live.put('a', '1');
  if (noWatchList) proxy.fault({ match: 'sendInitialEvents', action: respond(422, { reason: 'Invalid' }) });
  const informer = cache.informer(configMaps, { namespace });
  const { stats } = informer as SharedInformer<never>;
  const log: string[] = [];
  const note =
    (what: string) =>
    ({ metadata: { name } }: { metadata: { name: string } }) =>
      void (name !== 'kube-root-ca.crt' && log.push(`${what} ${name}`));
  informer.addHandler({ onAdd: note('add'), onUpdate: note('update'), onDelete: note('delete') });
  await informer.waitForSync();
  const values = () => valuesOf(informer.store.list());
  return {
    ...live,
    informer,
    log,
    stats: () => stats,
    settled: (expected: Record<string, string>) =>
      until(() => isDeepStrictEqual(values(), expected), {
        deadlineMs: 20_000,
        describe: () => ({ values: values(), stats }),
      }),
    requests: () => proxy.requests.filter(({ path }) => path.includes('configmaps')).map(({ path }) => kindOf(path)),
  };
}

function kindOf(path: string): string {
  if (path.includes('sendInitialEvents')) return 'watchList';
  return path.includes('watch=1') ? 'watch' : 'list';
}
