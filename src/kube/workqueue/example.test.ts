import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { lowPriority } from './entry.ts';
import { WorkQueueMetrics } from './metrics.ts';
import { WorkQueue } from './workqueue.ts';

it('the example of the README takes the change before the resync, and once', async () => {
  const registry = new Registry();
  const clock = new ManualClock();
  const order: string[] = [];

  // README
  const metrics = new WorkQueueMetrics(registry);
  const queue = new WorkQueue({ name: 'build', clock, metrics });

  queue.add('shop/web', { priority: lowPriority });
  queue.add('shop/api');
  queue.add('shop/api', { afterMs: 60_000 }); // It is due already: the earlier time wins.
  queue.shutDown();

  for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
    order.push(item.key);
    queue.done(item.key);
  }
  // end of README

  expect(order).toEqual(['shop/api', 'shop/web']);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
