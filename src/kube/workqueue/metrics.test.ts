import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { sample } from '../../../test/support/metrics.ts';
import { aQueue, drainKeys, takeNow } from '../../../test/support/work-queue.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { WorkQueueMetrics } from './metrics.ts';
import { WorkQueue } from './workqueue.ts';

const depth = 'workqueue_depth';
const at = (priority: number) => ({ name: 'test', controller: 'test', priority: String(priority) });

it('shows how many keys are ready, by priority, and 0 when they are gone', async () => {
  const { queue, registry } = aQueue();
  queue.add('a');
  queue.add('b', { priority: 3 });
  queue.add('c', { priority: 3 });
  expect(await sample(registry, depth, at(0))).toBe(1);
  expect(await sample(registry, depth, at(3))).toBe(2);

  await drainKeys(queue);

  expect(await sample(registry, depth, at(0))).toBe(0);
  expect(await sample(registry, depth, at(3))).toBe(0);
});

it('moves a ready key to its new priority, and counts it as one add', async () => {
  const { queue, registry } = aQueue();
  queue.add('a');
  expect(await sample(registry, depth, at(0))).toBe(1);

  queue.add('a', { priority: 1 });

  expect(await sample(registry, depth, at(0))).toBe(0);
  expect(await sample(registry, depth, at(1))).toBe(1);
  expect(await sample(registry, 'workqueue_adds_total')).toBe(1);
});

it('counts a delayed key as an add and in the depth only once it is ready', async () => {
  const { queue, registry, clock } = aQueue();
  queue.add('a', { afterMs: 10 });
  expect(await sample(registry, 'workqueue_adds_total')).toBe(0);
  expect(await sample(registry, depth, at(0))).toBeUndefined();

  await clock.advance(10);

  expect(await sample(registry, 'workqueue_adds_total')).toBe(1);
  expect(await sample(registry, depth, at(0))).toBe(1);
});

it('counts a delayed key once when it is added again without delay and with a higher priority', async () => {
  const { queue, registry, clock } = aQueue();
  queue.add('a', { afterMs: 10 });
  queue.add('a', { priority: 2 });
  await clock.advance(10);

  expect(await sample(registry, 'workqueue_adds_total')).toBe(1);
  expect(await sample(registry, depth, at(2))).toBe(1);
});

it('counts retries: every add with a delay', async () => {
  const { queue, registry } = aQueue();
  queue.add('a');
  queue.add('b', { afterMs: 10 });
  queue.add('c', { rateLimited: true });

  expect(await sample(registry, 'workqueue_retries_total')).toBe(2);
});

it('measures how long keys waited and how long they were held', async () => {
  const { queue, registry, clock } = aQueue();
  queue.add('a');
  await clock.advance(2000);
  await takeNow(queue);
  await clock.advance(3000);
  queue.done('a');

  expect(await sample(registry, 'workqueue_queue_duration_seconds_sum')).toBe(2);
  expect(await sample(registry, 'workqueue_queue_duration_seconds_count')).toBe(1);
  expect(await sample(registry, 'workqueue_work_duration_seconds_sum')).toBe(3);
  expect(await sample(registry, 'workqueue_work_duration_seconds_bucket', { le: '1' })).toBe(0);
  expect(await sample(registry, 'workqueue_work_duration_seconds_bucket', { le: '10' })).toBe(1);
});

it('does not count the delay that was asked for as time in the queue', async () => {
  const { queue, registry, clock } = aQueue();
  queue.add('a', { afterMs: 60_000 });
  await clock.advance(60_000);
  await drainKeys(queue);

  expect(await sample(registry, 'workqueue_queue_duration_seconds_sum')).toBe(0);
});

it('shows work that is not finished, and the longest of it, as of the moment of the scrape', async () => {
  const { queue, registry, clock } = aQueue();
  for (const key of ['a', 'b']) queue.add(key);
  await takeNow(queue);
  await clock.advance(5000);
  await takeNow(queue);
  await clock.advance(1000);

  expect(await sample(registry, 'workqueue_unfinished_work_seconds')).toBe(7);
  expect(await sample(registry, 'workqueue_longest_running_processor_seconds')).toBe(6);
  queue.done('a');
  expect(await sample(registry, 'workqueue_longest_running_processor_seconds')).toBe(1);
  queue.done('b');
  expect(await sample(registry, 'workqueue_unfinished_work_seconds')).toBe(0);
});

it('needs no timer for its metrics', () => {
  const { clock } = aQueue();

  expect(clock.pending).toBe(0);
});

it('gives at most 25 priorities a label of their own', async () => {
  const { queue, registry } = aQueue();
  for (let priority = 0; priority < 40; priority++) queue.add(`key-${priority}`, { priority });

  const metric = await registry.getSingleMetric(depth)?.get();

  expect(metric?.values).toHaveLength(26);
  expect(await sample(registry, depth, { priority: 'exceeded_cardinality_limit' })).toBe(15);
});

it('keeps several queues of one process apart, and refuses a second one of the same name', async () => {
  const registry = new Registry();
  const metrics = new WorkQueueMetrics(registry);
  const clock = new ManualClock();
  const build = new WorkQueue({ name: 'build', clock, metrics });
  const project = new WorkQueue({ name: 'project', clock, metrics });

  build.add('a');

  expect([build.length, project.length]).toEqual([1, 0]);

  expect(await sample(registry, 'workqueue_adds_total', { controller: 'build' })).toBe(1);
  expect(await sample(registry, 'workqueue_adds_total', { controller: 'project' })).toBe(0);
  expect(() => new WorkQueue({ name: 'build', clock, metrics })).toThrow('Choose another name');
});
