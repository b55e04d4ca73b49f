import { expect, it } from 'vitest';
import { sample } from '../../../test/support/metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { QueuePair } from '../../../test/support/queue-pair.ts';
import { aQueue } from '../../../test/support/work-queue.ts';

/*
 * After any sequence of adds, takes, dones and passing time:
 *   1. a key is never with two workers at once;
 *   2. no add is lost: after the add of a key, the key is handed out at least once;
 *   3. keys come by priority, and in order within one priority;
 *   4. a key added several times comes at the earliest of the times asked for, once, with the highest priority;
 *   5. depths are what is queued, and never below zero.
 */

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const priority = fc.constantFrom(-100, 0, 1, 2);
const delay = fc.constantFrom(0, 0, 0, 1, 5, 10, 25);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('add' as const), key, priority, afterMs: delay }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('done' as const), key }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.nat(12) }) },
);

it('does what the naive queue does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const pair = new QueuePair();
      for (const each of steps) await pair.run(each);
      await pair.finish();

      expect([...pair.owed]).toEqual([]);
      expect(pair.real.length).toBe(0);
      expect(pair.clock.pending).toBe(0);
      for (const level of [-100, 0, 1, 2]) {
        expect((await sample(pair.registry, 'workqueue_depth', { priority: String(level) })) ?? 0).toBe(0);
      }
    }),
    { numRuns: 300 },
  );
});

it('with workers that wait and run side by side, no key is with two of them, none is lost and none is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), async (steps, workers) => {
      const { queue, clock } = aQueue();
      const running = new Set<string>();
      const owed = new Set<string>();
      const overlaps: string[] = [];
      const work = async () => {
        for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
          if (running.has(item.key)) overlaps.push(item.key);
          running.add(item.key);
          owed.delete(item.key);
          await new Promise<void>((resolve) => void clock.setTimeout(resolve, 3));
          running.delete(item.key);
          queue.done(item.key);
        }
      };
      const all = Array.from({ length: workers }, work);

      for (const each of steps) {
        if (each.act === 'add') {
          owed.add(each.key);
          queue.add(each.key, each);
        }
        if (each.act === 'wait') await clock.advance(each.ms);
      }
      await clock.advance(1000);
      queue.shutDown();
      await Promise.all(all);

      expect(overlaps).toEqual([]);
      expect([...owed]).toEqual([]);
      expect(queue.length).toBe(0);
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 200 },
  );
});
