import { expect, it } from 'vitest';
import { ManualClock } from '../../seams/manual-clock.ts';
import { Lru } from './lru.ts';

it('forgets the entry that was used longest ago when it is full', () => {
  const cache = new Lru<number>({ clock: new ManualClock(), maxEntries: 2, ttlMs: 1000 });
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');

  cache.set('c', 3);

  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  expect(cache.size).toBe(2);
});

it('forgets an entry when its time is over, even one that is read all the time', async () => {
  const clock = new ManualClock();
  const cache = new Lru<number>({ clock, maxEntries: 2, ttlMs: 1000 });
  cache.set('a', 1);
  await clock.advance(999);
  const before = cache.get('a');

  await clock.advance(1);

  expect(before).toBe(1);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.size).toBe(0);
});

it('starts the time of an entry again when it is set again', async () => {
  const clock = new ManualClock();
  const cache = new Lru<number>({ clock, maxEntries: 2, ttlMs: 1000 });
  cache.set('a', 1);
  await clock.advance(900);

  cache.set('a', 2);
  await clock.advance(900);

  expect(cache.get('a')).toBe(2);
});
