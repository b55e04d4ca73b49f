import { expect, it } from 'vitest';
import { aController } from '../../../test/support/controller.ts';
import { fc } from '../../../test/support/properties.ts';
import { sleep } from '../../seams/clock.ts';
import { KubeError } from '../errors/errors.ts';
import { type Result, TerminalError } from './reconcile.ts';

/*
 * With any keys woken at any time, and runs that take any time and end in any way:
 *   1. two runs of one key never overlap, and never more run than there are workers;
 *   2. every wake is followed by a run that starts after it;
 *   3. a run that failed, lost a race or asked for a later look is followed by another run;
 *   4. once everything succeeds, nothing runs, waits or keeps a timer.
 */

const endings = {
  success: () => undefined,
  later: () => ({ requeueAfterMs: 20 }),
  error: () => fail(new Error('boom')),
  panic: () => fail('boom'),
  conflict: () => fail(new KubeError({ code: 'Conflict', attempted: 'update', detail: 'changed' })),
  terminal: () => fail(new TerminalError('never')),
} satisfies Record<string, () => Result | undefined>;

type Ending = keyof typeof endings;

const asksForMore = new Set<Ending>(['later', 'error', 'panic', 'conflict']);
const ending = fc.constantFrom(...(Object.keys(endings) as Ending[]));
const run = fc.record({ ending, ms: fc.constantFrom(0, 1, 5, 40), heedless: fc.boolean() });
const step = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  priority: fc.constantFrom(-100, 0, 1),
  waitMs: fc.constantFrom(0, 0, 1, 5, 30),
});

it('keeps its promises', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.array(run, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, runs, concurrency) => {
        const busy = new Set<string>();
        const owed = new Set<string>();
        const faults: string[] = [];
        const { controller, wake, clock, metric } = aController({
          concurrency,
          timeoutMs: 30,
          reconcile: async (_, { key, signal }) => {
            if (busy.has(key)) faults.push(`two runs of ${key}`);
            busy.add(key);
            owed.delete(key);
            if (busy.size > concurrency) faults.push('too many runs');
            const { ending, ms, heedless } = runs.pop() ?? { ending: 'success', ms: 0, heedless: false };
            try {
              await sleep(clock, ms, heedless ? undefined : signal);
              if (asksForMore.has(ending)) owed.add(key);
              return endings[ending]();
            } finally {
              if (signal.aborted && !heedless) owed.add(key);
              busy.delete(key);
            }
          },
        });
        await controller.start();

        for (const { key, priority, waitMs } of steps) {
          owed.add(key);
          wake(key, { priority });
          await clock.advance(waitMs);
        }
        for (let round = 0; round < 100 && (owed.size > 0 || busy.size > 0); round++) await clock.advance(1000);
        await clock.advance(2000);

        expect(faults).toEqual([]);
        expect([...owed]).toEqual([]);
        expect(clock.pending).toBe(0);
        expect(await metric('active_workers')).toBe(0);
        expect(await controller.stop()).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

function fail(thrown: unknown): never {
  throw thrown;
}
