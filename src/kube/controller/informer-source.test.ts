import { expect, it } from 'vitest';
import { aController, script, settled } from '../../../test/support/controller.ts';
import { anObject, ManualInformer } from '../../../test/support/manual-informer.ts';
import { stateOf } from '../../../test/support/work-queue.ts';
import { lowPriority } from '../workqueue/entry.ts';
import { informerSource } from './informer-source.ts';
import { generationChanged } from './predicates.ts';

it('runs nothing before this controller was given the whole first list, then that list at low priority', async () => {
  const pods = new ManualInformer();
  const run = script();
  const source = informerSource({ name: 'pods', informer: pods.informer });
  const { controller, clock } = aController({ sources: [source], reconcile: run.reconcile });
  const started = controller.start();
  pods.fill();
  await clock.advance(50);
  expect(await stateOf(started)).toBe('pending');

  pods.deliver(anObject({ name: 'a' }), anObject({ name: 'b' }));
  await clock.advance(50);
  await started;
  await settled(clock);

  expect(run.runs).toEqual([
    { key: 'shop/a', priority: lowPriority },
    { key: 'shop/b', priority: lowPriority },
  ]);
});

it('maps and filters changes as it was told', async () => {
  const pods = new ManualInformer();
  const run = script();
  const source = informerSource({
    name: 'pods',
    informer: pods.informer,
    map: () => ['shop/owner'],
    when: generationChanged,
  });
  const { controller, clock } = aController({ sources: [source], reconcile: run.reconcile });
  pods.fill();
  pods.deliver();
  await controller.start();

  pods.each((handler) => handler.onUpdate(anObject({ generation: 1 }), anObject({ generation: 1 })));
  await settled(clock);
  expect(run.keys()).toEqual([]);
  pods.each((handler) => handler.onUpdate(anObject({ generation: 1 }), anObject({ generation: 2 })));
  await settled(clock);

  expect(run.keys()).toEqual(['shop/owner']);
});

it('lets go of the informer when the controller stops, also while it still waits for the first list', async () => {
  const pods = new ManualInformer();
  const { controller, clock } = aController({ sources: [informerSource({ name: 'pods', informer: pods.informer })] });
  const started = controller.start();
  expect(pods.handlers.size).toBe(1);

  await controller.stop();
  await started;

  expect(pods.handlers.size).toBe(0);
  expect(clock.pending).toBe(0);
});
