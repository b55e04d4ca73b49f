import { expect, it } from 'vitest';
import { KubeError } from '../../src/kube/errors/errors.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';
import { defaultLimits } from './request-loops/request-counts.ts';
import { until } from './until.ts';

it('returns once the condition holds', async () => {
  let looks = 0;

  await until(() => ++looks === 3, { everyMs: 1 });

  expect(looks).toBe(3);
});

it('fails at the deadline and shows what is there instead', async () => {
  const waiting = until(() => false, { deadlineMs: 20, everyMs: 5, describe: async () => ({ pods: 2 }) });

  await expect(waiting).rejects.toThrow('not within 20 ms: {"pods":2}');
});

it('shows the condition when nobody described it', async () => {
  const pods: string[] = [];

  await expect(until(() => pods.length > 2, { deadlineMs: 0 })).rejects.toThrow('pods.length > 2');
});

it('takes the error of a server for "not yet", and names it in the end', async () => {
  const missing = new KubeError({ code: 'NotFound', attempted: 'get pod', detail: 'gone' });

  const waiting = until(() => Promise.reject(missing), { deadlineMs: 10, everyMs: 0 });

  await expect(waiting).rejects.toMatchObject({ cause: missing });
});

it('does not hide a mistake of the condition itself', async () => {
  const waiting = until(() => {
    throw new TypeError('no such field');
  });

  await expect(waiting).rejects.toThrow('no such field');
});

it('looks soon at first, and for long not so often that it would pass for a loop', async () => {
  const elapsed = { ms: 0 };
  const looks: number[] = [];

  const waiting = until(() => looks.push(elapsed.ms) < 0, {
    deadlineMs: 10_000,
    describe: '',
    clock: leaping(elapsed),
  });

  await expect(waiting).rejects.toThrow('not within 10000 ms');
  expect(looks.slice(0, 3)).toEqual([0, 20, 40]);
  expect(looks.length).toBeLessThan(defaultLimits.reads / 2);
});

/** Time passes at once when somebody waits for it. */
function leaping(elapsed: { ms: number }): Clock {
  return {
    ...systemClock,
    monotonic: () => elapsed.ms,
    setTimeout(fn, ms) {
      elapsed.ms += ms;
      return systemClock.setTimeout(fn, 0);
    },
  };
}
