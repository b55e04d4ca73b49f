import { expect, it } from 'vitest';
import { aQueue, drainKeys, takeNow } from '../../../test/support/work-queue.ts';
import { lowPriority } from './entry.ts';

it('hands higher priorities out first, and within one priority in order of adding', async () => {
  const { queue } = aQueue();
  queue.add('resync-1', { priority: lowPriority });
  queue.add('change-1');
  queue.add('resync-2', { priority: lowPriority });
  queue.add('urgent', { priority: 10 });
  queue.add('change-2');

  expect(await drainKeys(queue)).toEqual(['urgent', 'change-1', 'change-2', 'resync-1', 'resync-2']);
});

it('keeps the highest priority of a key added several times, and never lowers it', async () => {
  const { queue } = aQueue();
  for (const priority of [1, 3, 2]) queue.add('a', { priority });

  expect(await takeNow(queue)).toEqual({ key: 'a', priority: 3 });
});

it('moves a key forward when its priority rises', async () => {
  const { queue } = aQueue();
  for (const key of ['a', 'b', 'c']) queue.add(key);

  queue.add('c', { priority: 1 });

  expect(await drainKeys(queue)).toEqual(['c', 'a', 'b']);
});

it('puts a key whose priority rises behind those that have the new priority already', async () => {
  const { queue } = aQueue();
  queue.add('riser');
  queue.add('there before', { priority: 1 });

  queue.add('riser', { priority: 1 });

  expect(await drainKeys(queue)).toEqual(['there before', 'riser']);
});

it('keeps the place of a key that is added again with the same or a lower priority', async () => {
  const { queue } = aQueue();
  for (const key of ['a', 'b']) queue.add(key);

  queue.add('a');
  queue.add('a', { priority: -5 });

  expect(await drainKeys(queue)).toEqual(['a', 'b']);
});

it('a waiting key keeps both: the higher priority and the earlier time', async () => {
  const { queue, clock } = aQueue();
  queue.add('a', { priority: 5, afterMs: 100 });
  queue.add('a', { priority: 1, afterMs: 10 });

  await clock.advance(10);

  expect(await takeNow(queue)).toEqual({ key: 'a', priority: 5 });
});

it('a held key that is added again takes the priority of that add, not of the run before', async () => {
  const { queue } = aQueue();
  queue.add('a', { priority: 7 });
  await takeNow(queue);
  queue.add('a', { priority: lowPriority });

  queue.done('a');

  expect(await takeNow(queue)).toEqual({ key: 'a', priority: lowPriority });
});

it('raises the priority of a key while a worker holds it', async () => {
  const { queue } = aQueue();
  queue.add('a');
  await takeNow(queue);
  queue.add('a');
  queue.add('b', { priority: 1 });
  queue.add('a', { priority: 2 });

  queue.done('a');

  expect(await drainKeys(queue)).toEqual(['a', 'b']);
});

it('always prefers the high priority while both keep coming', async () => {
  const { queue } = aQueue();
  for (let index = 0; index < 1000; index++) {
    queue.add(`low-${index}`, { priority: lowPriority });
    queue.add(`high-${index}`, { priority: 0 });
  }

  const keys = await drainKeys(queue);

  expect(keys.slice(0, 1000).every((key) => key.startsWith('high-'))).toBe(true);
  expect(keys.slice(1000).every((key) => key.startsWith('low-'))).toBe(true);
});
