import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

it('does all, never more at a time than allowed', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];

  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    done.push(item);
  });

  expect(done).toHaveLength(7);
  expect(most).toBe(3);
});

it('starts nothing more after a failure, and throws it when the others have ended', async () => {
  const ended: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error('first');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
  };

  await expect(inParallel([1, 2, 3, 4], 2, work)).rejects.toThrow('first');
  expect(ended).toEqual([2]);
});
