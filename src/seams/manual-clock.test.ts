import { expect, it } from 'vitest';
import { sleep } from './clock.ts';
import { ManualClock } from './manual-clock.ts';

it('fires timers in order of time, then of creation', async () => {
  const clock = new ManualClock();
  const fired: string[] = [];
  clock.setTimeout(() => fired.push('late'), 20);
  clock.setTimeout(() => fired.push('first'), 10);
  clock.setTimeout(() => fired.push('second'), 10);

  await clock.advance(10);

  expect(fired).toEqual(['first', 'second']);
  expect(clock.untilNext).toBe(10);
});

it('runs a timer that another timer set, when it falls due in the same step', async () => {
  const clock = new ManualClock();
  let done = false;
  clock.setTimeout(() => clock.setTimeout(() => (done = true), 5), 5);

  await clock.advance(10);

  expect(done).toBe(true);
});

it('lets awaiting code run between two timers', async () => {
  const clock = new ManualClock(0);
  const seen: number[] = [];
  const work = (async () => {
    await sleep(clock, 10);
    seen.push(clock.now());
    await sleep(clock, 10);
    seen.push(clock.now());
  })();

  await clock.advance(100);
  await work;

  expect(seen).toEqual([10, 20]);
});

it('sleep ends at once with the reason when its signal aborts, and leaves no timer', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const sleeping = sleep(clock, 1000, stop.signal);

  stop.abort(new Error('stopping'));

  await expect(sleeping).rejects.toThrow('stopping');
  expect(clock.pending).toBe(0);
});

it('sleep refuses to start under an aborted signal', async () => {
  await expect(sleep(new ManualClock(), 1, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
});
