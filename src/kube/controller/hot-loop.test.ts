import { expect, it } from 'vitest';
import { aController } from '../../../test/support/controller.ts';
import { HotLoopDetector } from '../../../test/support/hot-loop.ts';
import { done } from './reconcile.ts';

/** Runs one key for a minute and checks for a hot loop at the end. */
async function watched(reconcile: () => Promise<{ requeueAfterMs: number } | typeof done>, versionOf: () => unknown) {
  const detector = new HotLoopDetector({ versionOf });
  const { controller, wake, clock } = aController({ reconcile: detector.watch(reconcile) });
  await controller.start();
  for (let second = 0; second < 60; second++) {
    if (second % 10 === 0) wake('shop/web');
    await clock.advance(1000);
  }
  await controller.stop();
  return () => detector.check();
}

it('the hot-loop detector finds a key that asks for itself again without a change', async () => {
  const check = await watched(
    () => Promise.resolve({ requeueAfterMs: 1 }),
    () => '1',
  );

  expect(check).toThrow(/more than 5 runs of a key without a change/);
});

it('the hot-loop detector is content with one run for each change', async () => {
  let version = 0;

  const check = await watched(
    () => Promise.resolve(done),
    () => version++,
  );

  expect(check).not.toThrow();
});
