import { describe, expect, it } from 'vitest';
import { FoldingHandler, Rig } from '../../../test/support/scripted-api/rig.ts';

describe('a handler', () => {
  it('is told of the initial list, then of every change, in order', async () => {
    const rig = await filled();

    rig.api.put('a', 2);
    rig.api.put('b', 1);
    rig.api.remove('a');
    await rig.settle();

    expect(rig.handler.log).toEqual(['add a=1 initial', 'update a=1 to a=2', 'add b=1', 'delete a=2']);
  });

  it('that comes late is given what the store holds at once, and is in sync then', async () => {
    const rig = await filled();
    const late = new FoldingHandler();

    const registration = rig.informer.addHandler(late);

    expect(late.log).toEqual(['add a=1 initial']);
    expect(registration.hasSynced()).toBe(true);
  });

  it('is in sync only when it was given the whole initial list', async () => {
    const rig = new Rig();
    for (let i = 0; i < 2500; i++) rig.api.put(`a${i}`, i);
    const seen: number[] = [];
    const registration = rig.informer.addHandler({
      onAdd: () => void (registration.hasSynced() && seen.push(1)),
      onUpdate: () => undefined,
      onDelete: () => undefined,
    });
    expect(registration.hasSynced()).toBe(false);

    await rig.start();
    await rig.informer.waitForSync();

    expect(seen).toEqual([]);
    expect(registration.hasSynced()).toBe(true);
  });

  it('that comes in the middle of a long initial list is told of each object once', async () => {
    const rig = new Rig();
    for (let i = 0; i < 2500; i++) rig.api.put(`a${i}`, i);
    const late = new FoldingHandler();
    let told = 0;
    rig.informer.addHandler({
      onAdd: () => void (++told === 1700 && rig.informer.addHandler(late)),
      onUpdate: () => undefined,
      onDelete: () => undefined,
    });

    await rig.start();
    await rig.informer.waitForSync();
    rig.api.put('a1', 7);
    await rig.settle();

    expect(late.log).toHaveLength(2501);
    expect(late.content).toEqual(rig.content);
  });

  it('that is removed is told no more, also when it removes itself', async () => {
    const rig = await filled();
    const removed = new FoldingHandler();
    const registration = rig.informer.addHandler(removed);
    let calls = 0;
    const once = rig.informer.addHandler({
      onAdd: () => undefined,
      onUpdate: () => {
        calls++;
        once.remove();
      },
      onDelete: () => undefined,
    });

    registration.remove();
    registration.remove();
    rig.api.put('a', 2);
    rig.api.put('a', 3);
    await rig.settle();

    expect(removed.log).toEqual(['add a=1 initial']);
    expect(calls).toBe(1);
    expect(rig.handler.content).toEqual({ 'shop/a': 3 });
  });

  it('that another one removes in the middle of a change is not told of it', async () => {
    const rig = await filled();
    const removed = new FoldingHandler();
    rig.informer.addHandler({
      onAdd: () => undefined,
      onUpdate: () => registration.remove(),
      onDelete: () => undefined,
    });
    const registration = rig.informer.addHandler(removed);

    rig.api.put('a', 2);
    await rig.settle();

    expect(removed.log).toEqual(['add a=1 initial']);
  });

  it('is told of the deletion of the object that it knows, not of another one of the same name', async () => {
    const rig = await filled();
    const metadata = { name: 'a', namespace: 'shop', uid: 'another', resourceVersion: '9' };

    rig.api.sendEvent({ type: 'DELETED', object: { metadata, value: 7 } });
    await rig.settle();

    expect(rig.handler.log).toEqual(['add a=1 initial', 'delete a=1']);
  });

  it('that throws keeps no other from being told, and is told of the next change itself', async () => {
    const rig = await filled();
    let calls = 0;
    const bad = () => {
      calls++;
      throw new Error('bad handler');
    };
    rig.informer.addHandler({ onAdd: bad, onUpdate: bad, onDelete: bad });
    const after = new FoldingHandler();
    rig.informer.addHandler(after);

    rig.api.put('a', 2);
    rig.api.remove('a');
    await rig.settle();

    expect(after.log).toEqual(['add a=1 initial', 'update a=1 to a=2', 'delete a=2']);
    expect([calls, rig.informer.handlerErrors]).toEqual([3, 3]);
  });

  it('finds the store at the state that it is told of, and the version with it', async () => {
    const rig = await filled();
    const seen: unknown[] = [];
    rig.informer.addHandler({
      onAdd: () => undefined,
      onUpdate: () => seen.push([rig.content, rig.informer.resourceVersion]),
      onDelete: () => seen.push([rig.content, rig.informer.resourceVersion]),
    });

    rig.api.put('a', 2);
    rig.api.remove('a');
    await rig.settle();

    expect(seen).toEqual([
      [{ 'shop/a': 2 }, '3'],
      [{}, '4'],
    ]);
  });

  it('that changes an object is stopped where the store freezes', async () => {
    const rig = await filled();
    const change = (object: { value: number }) => {
      object.value = 9;
    };

    rig.informer.addHandler({ onAdd: change, onUpdate: change, onDelete: change });

    expect(rig.content).toEqual({ 'shop/a': 1 });
    expect(rig.informer.handlerErrors).toBe(1);
  });
});

describe('waiting for the first list', () => {
  it('ends when the store is filled, also for those who come later', async () => {
    const rig = new Rig();
    const early = rig.informer.waitForSync();
    expect(rig.informer.hasSynced()).toBe(false);

    await rig.start();

    await early;
    await rig.informer.waitForSync(AbortSignal.abort());
    expect(rig.informer.hasSynced()).toBe(true);
  });

  it('ends with the reason when its signal aborts', async () => {
    const rig = new Rig();
    const stop = new AbortController();
    const waiting = rig.informer.waitForSync(stop.signal);

    stop.abort(new Error('gave up'));

    await expect(waiting).rejects.toThrow('gave up');
    await expect(rig.informer.waitForSync(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

it('keeps its store when it ends, and serves handlers that come after', async () => {
  const rig = await filled();
  await rig.stop();
  const late = new FoldingHandler();

  rig.informer.addHandler(late);

  expect(late.log).toEqual(['add a=1 initial']);
});

it('finds objects by an index that was declared after the start, and keeps it up', async () => {
  const rig = await filled();
  rig.informer.addIndex('parity', ({ value }) => [value % 2 === 0 ? 'even' : 'odd']);

  rig.api.put('b', 2);
  rig.api.put('a', 4);
  await rig.settle();

  const even = rig.informer.store.byIndex('parity', 'even').map(({ metadata }) => metadata.name);
  expect(even.sort()).toEqual(['a', 'b']);
  expect(rig.informer.store.byIndex('parity', 'odd')).toEqual([]);
});

/** A rig that holds a, at version 2. */
async function filled(): Promise<Rig> {
  const rig = new Rig();
  rig.api.put('a', 1);
  return rig.start();
}
