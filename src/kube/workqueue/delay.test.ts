import { expect, it } from 'vitest';
import { aQueue, drainKeys, stateOf, takeNow } from '../../../test/support/work-queue.ts';

it('holds a key back until its time has come, and not longer', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { afterMs: 50 });
  const taken = queue.get();
  await clock.advance(49);
  expect(await stateOf(taken)).toBe('pending');

  await clock.advance(1);

  expect(await stateOf(taken)).toEqual({ key: 'a', priority: 0 });
});

it('does not count a waiting key in its length', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { afterMs: 50 });
  queue.add('b');
  expect(queue.length).toBe(1);

  await clock.advance(50);

  expect(queue.length).toBe(2);
});

it.each([
  { sentence: 'the second is earlier', delays: [100, 30], at: 30 },
  { sentence: 'the first is earlier', delays: [30, 100], at: 30 },
  { sentence: 'the second is at once', delays: [30, 0], at: 0 },
  { sentence: 'the second is in the past', delays: [30, -5], at: 0 },
])('keeps the earlier time of a key added twice, when $sentence, and hands it out once', async ({ delays, at }) => {
  const { queue, clock } = aQueue();
  for (const afterMs of delays) queue.add('a', { afterMs });

  await clock.advance(at - 1);
  expect(queue.length).toBe(at === 0 ? 1 : 0);
  await clock.advance(1);
  expect(await drainKeys(queue)).toEqual(['a']);
  await clock.advance(1000);

  expect(queue.length).toBe(0);
});

it('a delay never holds back a key that is due already', async () => {
  const { queue } = aQueue();
  queue.add('a');

  queue.add('a', { afterMs: 1000 });

  expect(await drainKeys(queue)).toEqual(['a']);
});

it('takes a delayed key again after it was handed out', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { afterMs: 10 });
  await clock.advance(10);
  expect(await drainKeys(queue)).toEqual(['a']);

  queue.add('a', { afterMs: 10 });
  await clock.advance(10);

  expect(await drainKeys(queue)).toEqual(['a']);
});

it('hands delayed keys out in the order of their times, not of their adding', async () => {
  const { queue, clock } = aQueue();
  queue.add('late', { afterMs: 300 });
  queue.add('first', { afterMs: 100 });
  queue.add('middle', { afterMs: 200 });

  await clock.advance(300);

  expect(await drainKeys(queue)).toEqual(['first', 'middle', 'late']);
});

it('a key that became ready stands behind those that were ready before', async () => {
  const { queue, clock } = aQueue();
  queue.add('delayed', { afterMs: 10 });
  queue.add('ready');

  await clock.advance(10);

  expect(await drainKeys(queue)).toEqual(['ready', 'delayed']);
});

it('a delayed key of a higher priority goes first once its time has come', async () => {
  const { queue, clock } = aQueue();
  queue.add('low', { priority: -10 });
  queue.add('high', { priority: 10, afterMs: 10 });

  await clock.advance(10);

  expect(await drainKeys(queue)).toEqual(['high', 'low']);
});

it('a delayed key whose time comes while a worker holds it waits for the worker', async () => {
  const { queue, clock } = aQueue();
  queue.add('a');
  await takeNow(queue);
  queue.add('a', { afterMs: 10 });
  await clock.advance(10);
  const second = queue.get();
  expect(await stateOf(second)).toBe('pending');

  queue.done('a');

  expect(await stateOf(second)).toEqual({ key: 'a', priority: 0 });
});

it('a held key that was added with a delay is not ready when the worker is done early', async () => {
  const { queue, clock } = aQueue();
  queue.add('a');
  await takeNow(queue);
  queue.add('a', { afterMs: 10 });

  queue.done('a');

  expect(queue.length).toBe(0);
  await clock.advance(10);
  expect(queue.length).toBe(1);
});

it('waits out a delay that is longer than the longest timer of Node', async () => {
  const { queue, clock } = aQueue();
  const monthMs = 30 * 24 * 3600 * 1000;
  queue.add('a', { afterMs: monthMs });

  expect(clock.untilNext).toBeLessThanOrEqual(2 ** 31 - 1);
  await clock.advance(monthMs - 1);
  expect(queue.length).toBe(0);
  await clock.advance(1);

  expect(queue.length).toBe(1);
});

it('a rate limited key waits 5, 10, 20 ms, each key by itself, until it is forgotten', async () => {
  const { queue, clock } = aQueue();
  const delays: (number | undefined)[] = [];
  const fail = async (key: string) => {
    queue.add(key, { rateLimited: true });
    delays.push(clock.untilNext);
    await clock.advance(clock.untilNext ?? 0);
    await drainKeys(queue);
  };

  for (const key of ['a', 'a', 'a', 'b']) await fail(key);
  expect(queue.failuresOf('a')).toBe(3);
  queue.forget('a');
  await fail('a');

  expect(delays).toEqual([5, 10, 20, 5, 5]);
});

it('many rate limited keys in one go do not lengthen one another', async () => {
  const { queue, clock } = aQueue();
  for (let index = 0; index < 100; index++) queue.add(`key-${index}`, { rateLimited: true });

  await clock.advance(5);

  expect(queue.length).toBe(100);
});

it('a rate limited key with a delay waits for the shorter of the two', async () => {
  const { queue, clock } = aQueue();

  queue.add('a', { rateLimited: true, afterMs: 2 });
  queue.add('b', { rateLimited: true, afterMs: 2000 });

  await clock.advance(2);
  expect(queue.length).toBe(1);
  await clock.advance(3);
  expect(queue.length).toBe(2);
});
