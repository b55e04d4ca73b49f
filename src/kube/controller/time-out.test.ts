import { expect, it } from 'vitest';
import { aController, endless, script, settled } from '../../../test/support/controller.ts';
import { done, type Reconcile, ReconcileTimeout, ShuttingDown } from './reconcile.ts';

const timeouts = 'reconcile_timeouts_total';

async function running(reconcile: Reconcile) {
  const made = aController({ reconcile, timeoutMs: 1000 });
  await made.controller.start();
  made.wake('shop/web');
  await settled(made.clock);
  return made;
}

it('aborts a run that takes too long, counts and logs it, and tries the key again', async () => {
  const { reconcile, reasons } = endless({ heedful: true });
  const { clock, metric, log } = await running(reconcile);
  await clock.advance(999);
  expect(reasons).toEqual([]);

  await clock.advance(1);

  expect(reasons[0]).toBeInstanceOf(ReconcileTimeout);
  expect(String(reasons[0])).toContain('reconcile shop/web: not done within 1 s');
  expect(await metric(timeouts)).toBe(1);
  expect(await metric('reconcile_total', { result: 'error' })).toBe(1);
  expect(log.at('warn')).toMatchObject([{ name: 'web', timeoutMs: 1000 }]);
  await clock.advance(5);
  expect(await metric('reconcile_total', { result: 'error' })).toBe(2);
});

it('counts each of several time-outs', async () => {
  const { clock, metric } = await running((_, { signal }) => {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });

  await clock.advance(1000 + 5 + 1000 + 10 + 1000);

  expect(await metric(timeouts)).toBe(3);
});

it('counts a run that ignores its signal at once, and does not hand its key to another worker', async () => {
  const { reconcile, release } = endless({ heedful: false });
  let runs = 0;
  const { clock, metric, wake, controller } = aController({
    concurrency: 2,
    timeoutMs: 1000,
    reconcile: (key, context) => (runs++ === 0 ? reconcile(key, context) : Promise.resolve(done)),
  });
  await controller.start();
  wake('a');
  await clock.advance(1000);
  wake('a');
  await clock.advance(10_000);
  expect(await metric(timeouts)).toBe(1);
  expect(runs).toBe(1);

  release();
  await settled(clock);

  expect(runs).toBe(2);
});

it('does not count a run that ends in time, and leaves no timer', async () => {
  const { clock, metric } = await running(script().reconcile);

  await clock.advance(5000);

  expect(await metric(timeouts)).toBe(0);
  expect(clock.pending).toBe(0);
});

it('does not count a run that fails by itself before its time', async () => {
  const { clock, metric } = await running(script(() => Promise.reject(new Error('own deadline'))).reconcile);

  await clock.advance(5000);

  expect(await metric(timeouts)).toBe(0);
});

it('does not count a run that the end of the process cut short', async () => {
  const { reconcile, reasons } = endless({ heedful: true });
  const { clock, metric, controller } = await running(reconcile);

  const stopped = controller.stop(500);
  await clock.advance(500);

  expect(await stopped).toBe(true);
  expect(reasons[0]).toBeInstanceOf(ShuttingDown);
  expect(await metric(timeouts)).toBe(0);
  expect(clock.pending).toBe(0);
});

it('does not count it either when it goes on until its time is over', async () => {
  const { clock, metric, controller } = await running(endless({ heedful: false }).reconcile);

  const stopped = controller.stop(500);
  await clock.advance(1500);

  expect(await stopped).toBe(false);
  expect(await metric(timeouts)).toBe(0);
});
