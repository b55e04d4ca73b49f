import { Registry } from 'prom-client';
import { WorkQueueMetrics } from '../../src/kube/workqueue/metrics.ts';
import { type Item, WorkQueue } from '../../src/kube/workqueue/workqueue.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';

/** A queue on a clock and a registry of its own. */
export function aQueue(name = 'test') {
  const clock = new ManualClock();
  const registry = new Registry();
  const queue = new WorkQueue({ name, clock, metrics: new WorkQueueMetrics(registry) });
  return { clock, registry, queue };
}

/** Takes a key that must be there already, and fails otherwise instead of waiting. */
export async function takeNow(queue: WorkQueue): Promise<Item> {
  if (queue.length === 0) throw new Error('no key is ready');
  const item = await queue.get();
  if (item === undefined) throw new Error('the queue is shut down');
  return item;
}

/** Takes and gives back all keys that are ready, and says in which order they came. */
export async function drainKeys(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.length > 0) {
    const { key } = await takeNow(queue);
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

/** What a promise has come to by now: its value, or `pending`. */
export async function stateOf<T>(promise: Promise<T>): Promise<T | 'pending'> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise, Promise.resolve('pending' as const)]);
}
