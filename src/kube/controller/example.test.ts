import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { anObject, ManualInformer } from '../../../test/support/manual-informer.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { Controller } from './controller.ts';
import { informerSource } from './informer-source.ts';
import { ownersOf } from './mapping.ts';
import { ControllerMetrics } from './metrics.ts';
import { generationChanged } from './predicates.ts';
import { done } from './reconcile.ts';
import { WakeSource } from './wake-source.ts';

it('the example of the README looks again until the roll-out is done', async () => {
  const clock = new ManualClock();
  const metrics = new ControllerMetrics(new Registry());
  const runtime = { clock, random: { next: () => 0.5 }, log: recordingLogger(), metrics };
  const deploymentKind = { group: 'vish.dev', kind: 'Deployment', namespaced: true };
  const [first, second] = [new ManualInformer(), new ManualInformer()];
  const [deployments, replicaSets] = [first.informer, second.informer];
  const pushes = new WakeSource('pushes');
  const rolledOut: string[] = [];
  const rollOut = (key: string, _signal: AbortSignal) => Promise.resolve(rolledOut.push(key) > 1);
  for (const each of [first, second]) {
    each.fill();
    each.deliver();
  }

  // README
  const controller = new Controller({
    name: 'deployment',
    sources: [
      informerSource({ name: 'deployments', informer: deployments, when: generationChanged }),
      informerSource({ name: 'replicasets', informer: replicaSets, map: ownersOf(deploymentKind) }),
      pushes,
    ],
    reconcile: async ({ namespace, name }, { log, signal }) => {
      const ready = await rollOut(`${namespace}/${name}`, signal);
      if (ready) return done;
      log.info({ replicas: 3 }, 'Waiting for pods');
      return { requeueAfterMs: 5000 };
    },
    concurrency: 4,
    ...runtime,
  });

  await controller.start();
  pushes.wake('shop/web');
  // end of README
  await clock.advance(5000);
  const owner = { apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', name: 'api', uid: 'u', controller: true };
  second.each((handler) => handler.onAdd(anObject({ name: 'api-1', ownerReferences: [owner] }), false));
  await clock.advance(0);

  expect(rolledOut).toEqual(['shop/web', 'shop/web', 'shop/api']);
  expect(await controller.stop()).toBe(true);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
