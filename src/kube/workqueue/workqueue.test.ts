import { describe, expect, it } from 'vitest';
import { aQueue, drainKeys, stateOf, takeNow } from '../../../test/support/work-queue.ts';

describe('adding and taking', () => {
  it('hands keys out in the order in which they came', async () => {
    const { queue } = aQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key);

    expect(await drainKeys(queue)).toEqual(['a', 'b', 'c']);
  });

  it('hands a key out once when it was added many times', async () => {
    const { queue } = aQueue();
    for (let time = 0; time < 5; time++) queue.add('a');

    expect(await drainKeys(queue)).toEqual(['a']);
  });

  it('gives a key at once to a worker that waits for one', async () => {
    const { queue } = aQueue();
    const waiting = queue.get();

    queue.add('a');

    expect(await stateOf(waiting)).toEqual({ key: 'a', priority: 0 });
  });

  it('gives one key to one of several waiting workers, in the order in which they came', async () => {
    const { queue } = aQueue();
    const [first, second] = [queue.get(), queue.get()];

    queue.add('a');

    expect(await stateOf(first)).toEqual({ key: 'a', priority: 0 });
    expect(await stateOf(second)).toBe('pending');
  });

  it('every one of many keys reaches exactly one of many workers', async () => {
    const { queue } = aQueue();
    const seen: string[] = [];
    const worker = async () => {
      for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
        seen.push(item.key);
        queue.done(item.key);
      }
    };
    const workers = Array.from({ length: 10 }, worker);
    const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`);

    for (const key of keys) queue.add(key);
    queue.shutDown();
    await Promise.all(workers);

    expect(seen.toSorted()).toEqual(keys.toSorted());
  });

  it('counts ready keys in its length, and none that a worker took', async () => {
    const { queue } = aQueue();
    queue.add('a');
    queue.add('b');
    expect(queue.length).toBe(2);

    await takeNow(queue);

    expect(queue.length).toBe(1);
  });

  it('refuses a delay or priority that is no number, which would run the key again at once for ever', () => {
    const { queue } = aQueue();

    expect(() => queue.add('a', { afterMs: Number.NaN })).toThrow('add a to the queue "test"');
    expect(() => queue.add('a', { priority: Number.NaN })).toThrow(RangeError);
    expect(queue.length).toBe(0);
  });

  it('ignores a done for a key that nobody holds', async () => {
    const { queue } = aQueue();
    queue.add('a');

    queue.done('a');
    queue.done('stranger');

    expect(await drainKeys(queue)).toEqual(['a']);
  });
});

describe('a key that a worker holds', () => {
  it('is not handed out a second time until the worker is done', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);
    queue.add('a');
    const second = queue.get();
    expect(await stateOf(second)).toBe('pending');

    queue.done('a');

    expect(await stateOf(second)).toEqual({ key: 'a', priority: 0 });
  });

  it('is queued once more, however often it was added meanwhile', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);
    for (let time = 0; time < 5; time++) queue.add('a');

    queue.done('a');

    expect(await drainKeys(queue)).toEqual(['a']);
  });

  it('leaves the queue when it was not added meanwhile', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);

    queue.done('a');

    expect(queue.length).toBe(0);
    expect(await stateOf(queue.get())).toBe('pending');
  });

  it('does not hold up the keys behind it', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);
    queue.add('a');
    queue.add('b');

    expect((await takeNow(queue)).key).toBe('b');
    expect(queue.length).toBe(1);
  });

  it('keeps its place in the order while it is held', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);
    queue.add('a');
    queue.add('b');

    queue.done('a');

    expect(await drainKeys(queue)).toEqual(['a', 'b']);
  });
});

describe('shutting down', () => {
  it('takes no more keys', async () => {
    const { queue } = aQueue();
    queue.shutDown();

    queue.add('a');
    queue.add('b', { afterMs: 10 });

    expect(queue.shuttingDown).toBe(true);
    expect(queue.length).toBe(0);
    expect(await queue.get()).toBeUndefined();
  });

  it('wakes every worker that waits', async () => {
    const { queue } = aQueue();
    const waiting = [queue.get(), queue.get(), queue.get()];

    queue.shutDown();

    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
  });

  it('still hands out what is due, also a key that was added again while a worker held it', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await takeNow(queue);
    queue.add('a');
    queue.add('b');

    queue.shutDown();
    queue.done('a');

    expect(await drainKeys(queue)).toEqual(['a', 'b']);
    expect(await queue.get()).toBeUndefined();
  });

  it('drops what waits for its time and leaves no timer', async () => {
    const { queue, clock } = aQueue();
    queue.add('a', { afterMs: 10 });

    queue.shutDown();
    expect(clock.pending).toBe(0);
    await clock.advance(10);

    expect(queue.length).toBe(0);
  });

  it('now: hands out nothing more, and a held key ends with its worker', async () => {
    const { queue } = aQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await takeNow(queue);
    queue.add('a');

    queue.shutDownNow();
    queue.done('a');

    expect(queue.length).toBe(0);
    expect(await queue.get()).toBeUndefined();
  });

  it('with drain waits until the last worker is done, also with keys that became due again', async () => {
    const { queue, clock } = aQueue();
    queue.add('a');
    queue.add('b');
    await takeNow(queue);
    queue.add('a');

    const drained = queue.shutDownWithDrain(1000);
    await takeNow(queue);
    queue.done('a');
    queue.done('b');
    expect(await stateOf(drained)).toBe('pending');
    await takeNow(queue);
    queue.done('a');

    expect(await drained).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('with drain ends at once when nothing is queued or held', async () => {
    const { queue } = aQueue();

    expect(await queue.shutDownWithDrain(1000)).toBe(true);
  });

  it('with drain gives up at its deadline', async () => {
    const { queue, clock } = aQueue();
    queue.add('a');
    await takeNow(queue);
    const drained = queue.shutDownWithDrain(1000);

    await clock.advance(1000);

    expect(await drained).toBe(false);
  });

  it('with drain is cut short by a plain shut-down', async () => {
    const { queue, clock } = aQueue();
    queue.add('a');
    await takeNow(queue);
    const drained = queue.shutDownWithDrain(1000);

    queue.shutDown();

    expect(await drained).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
