import { expect, it } from 'vitest';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { until } from '../until.ts';
import { seeded } from './seeded.ts';
import { endedEarly } from './sockets.ts';
import { switchAtRandom } from './switches.ts';

it('gives every app its share, never two releases of one at once, and the same order for the same seed', async () => {
  const orders: string[][] = [];
  for (const seed of [7, 7, 8]) {
    const order: string[] = [];
    const busy = new Set<string>();
    await switchAtRandom({
      apps: ['a', 'b', 'c', 'd'],
      count: 12,
      atOnce: 2,
      random: seeded(seed),
      async release(app) {
        expect(busy.has(app)).toBe(false);
        busy.add(app);
        order.push(app);
        await sleep(systemClock, 0);
        busy.delete(app);
      },
    });
    orders.push(order);
  }

  expect(orders[0]).toEqual(orders[1]);
  expect(orders[0]).not.toEqual(orders[2]);
  expect(
    Map.groupBy(orders[0] ?? [], (app) => app)
      .values()
      .map(({ length }) => length)
      .toArray(),
  ).toEqual([3, 3, 3, 3]);
});

it('begins each one when its pace lets it, and not before', async () => {
  const done: string[] = [];
  let allowed = 0;
  const release = async (app: string, version: number) => void done.push(`${app}${version}`);
  const switching = switchAtRandom({
    apps: ['a'],
    count: 3,
    atOnce: 1,
    random: seeded(1),
    release,
    pace: (begun) => until(() => begun < allowed),
  });
  const seen: number[] = [];
  for (allowed = 1; allowed <= 3; allowed++) {
    await until(() => done.length === allowed);
    seen.push(done.length);
  }
  await switching;

  expect(seen).toEqual([1, 2, 3]);
  expect(done).toEqual(['a1', 'a2', 'a3']);
});

it('says which WebSockets ended although their pod had time left, or was not told to stop at all', () => {
  const ended = [{ pod: 'old', lasted: 9_500 }, { pod: 'hasty', lasted: 3_000 }, { pod: 'alive' }];

  expect(endedEarly(ended, 10_000).map(({ pod }) => pod)).toEqual(['hasty', 'alive']);
});
