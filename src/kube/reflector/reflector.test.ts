import { describe, expect, it } from 'vitest';
import { Rig } from '../../../test/support/scripted-api/rig.ts';

describe('filling the store', () => {
  it('asks for all objects in the watch itself, by quorum, with bookmarks and an end between 5 and 10 minutes', async () => {
    const rig = new Rig({ random: () => 0.5 });
    rig.api.put('a', 1);
    await rig.start();

    const [first] = rig.api.seen;
    expect(Object.fromEntries(first?.query ?? [])).toEqual({
      watch: '1',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: '450',
    });
    expect(rig.content).toEqual({ 'shop/a': 1 });
  });

  it('holds nothing back of the first list until the bookmark that ends it, then gives it all at once', async () => {
    const rig = new Rig();
    rig.api.put('a', 1);
    rig.api.faults = [{ noInitialEnd: true }];
    await rig.start();
    rig.api.put('b', 2);
    await rig.settle();
    expect([rig.informer.store.size, rig.informer.hasSynced(), rig.informer.resourceVersion]).toEqual([
      0,
      false,
      undefined,
    ]);

    rig.api.bookmark({ 'k8s.io/initial-events-end': 'true' });
    await rig.settle();

    expect(rig.content).toEqual({ 'shop/a': 1, 'shop/b': 2 });
    expect(rig.informer.resourceVersion).toBe('3');
  });

  it('takes a bookmark for the end of the list only when its annotation says so', async () => {
    const rig = new Rig();
    rig.api.faults = [{ noInitialEnd: true }];
    await rig.start();

    rig.api.bookmark();
    rig.api.bookmark({ 'k8s.io/initial-events-end': 'false' });
    await rig.settle();

    expect(rig.informer.hasSynced()).toBe(false);
  });

  it('applies changes and deletions that come before the end of the list', async () => {
    const rig = new Rig();
    rig.api.put('a', 1);
    rig.api.put('b', 1);
    rig.api.faults = [{ noInitialEnd: true }];
    await rig.start();

    rig.api.put('a', 2);
    rig.api.put('c', 1);
    rig.api.remove('c');
    rig.api.remove('b');
    rig.api.bookmark({ 'k8s.io/initial-events-end': 'true' });
    await rig.settle();

    expect(rig.content).toEqual({ 'shop/a': 2 });
    expect(rig.handler.log).toEqual(['add a=2 initial']);
  });

  it('is not led back by an old copy that comes again within the list', async () => {
    const rig = new Rig();
    rig.api.faults = [{ noInitialEnd: true }];
    await rig.start();
    const copy = (resourceVersion: string, value: number) => ({
      metadata: { name: 'a', namespace: 'shop', uid: 'u', resourceVersion },
      value,
    });

    rig.api.sendEvent({ type: 'ADDED', object: copy('9', 9) });
    rig.api.sendEvent({ type: 'ADDED', object: copy('3', 3) });
    rig.api.sendEvent({
      type: 'ADDED',
      object: { ...copy('4', 4), metadata: { ...copy('4', 4).metadata, name: 'b' } },
    });
    rig.api.sendEvent({
      type: 'DELETED',
      object: { ...copy('5', 4), metadata: { ...copy('5', 4).metadata, name: 'b' } },
    });
    rig.api.sendEvent({
      type: 'ADDED',
      object: { ...copy('4', 4), metadata: { ...copy('4', 4).metadata, name: 'b' } },
    });
    rig.api.sendEvent({
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    await rig.settle();

    expect(rig.content).toEqual({ 'shop/a': 9 });
  });

  it('starts over when the watch ends before the list is complete', async () => {
    const rig = new Rig();
    rig.api.put('a', 1);
    rig.api.faults = [{ noInitialEnd: true }];
    await rig.start();

    rig.api.endWatches();
    await rig.clock.advance(800);

    expect(rig.requests).toEqual(['watchList@', 'watchList@']);
    expect(rig.content).toEqual({ 'shop/a': 1 });
  });

  it.each(['refused', 'ignored'] as const)(
    'lists page by page, now and for good, when WatchList is %s',
    async (how) => {
      const rig = new Rig();
      rig.api.watchList = how;
      rig.api.pageSize = 2;
      for (const name of ['a', 'b', 'c', 'd', 'e']) rig.api.put(name, 1);
      await rig.start();

      await rig.clock.advance(how === 'ignored' ? 31_000 : 0);

      expect(rig.requests).toEqual(['watchList@', 'list@0', 'list@', 'list@', 'watch@6']);
      expect(rig.api.seen[1]?.query.get('limit')).toBe('500');
      expect(Object.keys(rig.content)).toHaveLength(5);
      expect(rig.informer.store.get('shop/a')).toMatchObject({ kind: 'Thing', apiVersion: 'test/v1' });

      rig.api.history.compact();
      rig.api.put('f', 1);
      rig.api.history.compact();
      rig.api.faults = [{ status: 410, statusBody: { reason: 'Expired' } }];
      rig.api.endWatches();
      await rig.recover();

      expect(rig.requests.slice(5)).toEqual(['watch@7', 'list@7', 'watch@7']);
      const relist = rig.api.seen[6]?.query.toString();
      expect(relist).toBe('resourceVersion=7&resourceVersionMatch=NotOlderThan');
    },
  );
});

describe('following', () => {
  it('goes on from the last version when the server ends the watch, at once and without a list', async () => {
    const rig = await new Rig().start();
    rig.api.put('a', 1);
    await rig.settle();

    rig.api.endWatches();
    await rig.settle();
    rig.api.put('a', 2);
    await rig.settle();

    expect(rig.requests).toEqual(['watchList@', 'watch@2']);
    expect(rig.content).toEqual({ 'shop/a': 2 });
  });

  it('goes on from a bookmark, which wakes no handler', async () => {
    const rig = await new Rig().start();
    rig.api.history.version = 50;

    rig.api.bookmark();
    await rig.settle();
    rig.api.endWatches();
    await rig.settle();

    expect(rig.informer.resourceVersion).toBe('50');
    expect(rig.requests).toEqual(['watchList@', 'watch@50']);
    expect(rig.handler.log).toEqual([]);
  });

  it('takes a connection that breaks like an end', async () => {
    const rig = await new Rig().start();
    rig.api.put('a', 1);
    await rig.settle();

    rig.api.cutWatches();
    await rig.settle();

    expect(rig.requests).toEqual(['watchList@', 'watch@2']);
  });

  it('leaves out what is not newer than the store: copies, late events, deleted objects that come again', async () => {
    const rig = await new Rig().start();
    rig.api.put('a', 1);
    rig.api.put('a', 2);
    rig.api.remove('a');
    await rig.settle();

    for (const { type, object } of rig.api.history.events) rig.api.sendEvent({ type, object });
    await rig.settle();

    expect(rig.content).toEqual({});
    expect(rig.handler.log).toEqual(['add a=1', 'update a=1 to a=2', 'delete a=2']);
    expect(rig.informer.stats.skipped).toBe(3);
  });

  it('lists again when an event shows that others were lost, but not more often than every five minutes', async () => {
    const rig = await new Rig().start();
    rig.api.put('a', 1);
    await rig.settle();
    rig.api.faults = [{ drop: 0 }];
    rig.api.endWatches();
    await rig.settle();

    rig.api.put('b', 1);
    rig.api.put('b', 2);
    await rig.recover();

    expect(rig.requests).toEqual(['watchList@', 'watch@2', 'watchList@4']);
    expect(rig.content).toEqual({ 'shop/a': 1, 'shop/b': 2 });
    expect(rig.informer.stats).toMatchObject({ anomalies: 1, syncs: 2 });

    rig.api.faults = [{ drop: 0 }];
    rig.api.endWatches();
    await rig.settle();
    rig.api.put('c', 1);
    rig.api.put('c', 2);
    await rig.recover();

    expect(rig.informer.stats).toMatchObject({ anomalies: 2, syncs: 2 });
  });

  it('stops at once when told to, and leaves neither timer nor stream', async () => {
    const rig = await new Rig().start();
    expect(rig.api.open).toHaveLength(1);

    await rig.stop();

    expect(rig.api.open).toHaveLength(0);
    expect(rig.clock.pending).toBe(0);
    expect(rig.requests).toHaveLength(1);
  });
});

describe('what it stores', () => {
  it('is what the transform made of it, by list and by event', async () => {
    const rig = new Rig({ transform: (object) => ({ ...object, value: object.value * 10 }) });
    rig.api.put('a', 1);
    await rig.start();
    rig.api.put('b', 2);
    await rig.settle();

    expect(rig.content).toEqual({ 'shop/a': 10, 'shop/b': 20 });
  });

  it('is the object as it came when the transform throws, and that is counted', async () => {
    const rig = new Rig({
      transform: () => {
        throw new Error('no');
      },
    });
    rig.api.put('a', 1);
    await rig.start();

    expect(rig.content).toEqual({ 'shop/a': 1 });
    expect(rig.informer.handlerErrors).toBe(1);
  });

  it('is only metadata when that is asked for, whatever the server sends', async () => {
    const rig = new Rig({ scope: { metadataOnly: true } });
    rig.api.put('a', 1);
    await rig.start();

    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    expect(rig.api.seen[0]?.request.headers).toEqual({ accept });
    expect(Object.keys(rig.informer.store.get('shop/a') ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
  });

  it('is asked for by namespace and selectors', async () => {
    const scope = { namespace: 'shop', labelSelector: 'app=web,tier!=db', fieldSelector: 'metadata.name=a' };
    const rig = await new Rig({ scope }).start();

    const [first] = rig.api.seen;
    expect(first?.request.path).toMatch(/^\/apis\/test\/v1\/namespaces\/shop\/things\?/);
    expect(first?.query.get('labelSelector')).toBe('app=web,tier!=db');
    expect(first?.query.get('fieldSelector')).toBe('metadata.name=a');
  });
});
