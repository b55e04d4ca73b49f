import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { silentLogger as logger, things as thing } from '../../../test/support/scripted-api/rig.ts';
import { ScriptedApi } from '../../../test/support/scripted-api/scripted-api.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { keyOf } from '../object/key.ts';
import { byOwnerUid } from '../store/index-functions.ts';
import { lowPriority } from '../workqueue/entry.ts';
import { WorkQueueMetrics } from '../workqueue/metrics.ts';
import { WorkQueue } from '../workqueue/workqueue.ts';
import { InformerCache } from './informer-cache.ts';
import { registerInformerMetrics } from './metrics.ts';

it('the example of the README queues what exists and what changes', async () => {
  const transport = new ScriptedApi();
  const clock = new ManualClock();
  const random = { next: () => 0 };
  const registry = new Registry();
  const queue = new WorkQueue({ name: 'things', clock, metrics: new WorkQueueMetrics(registry) });
  const stopping = new AbortController();
  transport.put('web', 1);

  // README
  const cache = new InformerCache({ transport, clock, random, logger });
  registerInformerMetrics(cache, registry, clock);

  const things = cache.informer(thing, { namespace: 'shop' });
  things.addIndex('owner', byOwnerUid);
  things.addHandler({
    onAdd: (object, isInitialList) => queue.add(keyOf(object), { priority: isInitialList ? lowPriority : 0 }),
    onUpdate: (_old, object) => queue.add(keyOf(object)),
    onDelete: (object) => queue.add(keyOf(object)),
  });

  const running = cache.run(stopping.signal);
  await cache.waitForSync(stopping.signal);
  // end of README

  transport.put('api', 1);
  await clock.advance(0);
  expect([(await queue.get())?.key, (await queue.get())?.key]).toEqual(['shop/api', 'shop/web']);
  stopping.abort();
  await running;
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
