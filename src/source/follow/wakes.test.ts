import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { delayAfter } from './schedule.ts';
import { HandledWakes, wakesOf } from './wakes.ts';

it('reads the wish of each object that has one', () => {
  const asking = { metadata: { uid: 'a', annotations: { 'vish.dev/wake': 'now' } } };

  expect(wakesOf(asking, undefined, { metadata: { uid: 'b' } })).toEqual([{ from: 'a', value: 'now' }]);
});

it('hears a wish once, and again when its value changes', () => {
  const handled = new HandledWakes();

  expect(['1', '1', '2', '1'].map((value) => handled.hear([{ from: 'a', value }]))).toEqual([true, false, true, true]);
});

it('remembers a bounded number of wishes', () => {
  const handled = new HandledWakes();
  const from = (index: number) => [{ from: `object-${index}`, value: '1' }];
  for (let index = 0; index < 1000; index++) handled.hear(from(index));

  expect([handled.hear(from(999)), handled.hear(from(0))]).toEqual([false, true]);
});

it('never waits longer than the cap, nor for less than a poll on what only a person can mend', () => {
  const past = fc.record({
    failures: fc.nat({ max: 10_000 }),
    retryable: fc.boolean(),
    retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
    spread: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(past, fc.integer({ min: 10_000, max: 86_400_000 }), (past, pollMs) => {
      const delay = delayAfter(past, pollMs);

      expect(delay).toBeLessThanOrEqual(Math.max(pollMs, 600_000) * 1.1 + 1);
      expect(delay).toBeGreaterThan(past.retryable && past.failures > 0 ? 4_000 : pollMs * 0.8);
    }),
  );
});
