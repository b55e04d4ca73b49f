import { afterAll, beforeAll, expect, it } from 'vitest';
import { image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { commitOf, deploymentRig, digestOf } from '../../../test/support/deployment-rig.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-requests');
});
afterAll(() => rig.close());

/** Requests of the controller since the last count. */
function counted(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of rig.requests.splice(0)) counts[request] = (counts[request] ?? 0) + 1;
  return counts;
}

/* The place of these tests does a rollout at once; with a real one there is one status more for each step. */

it('needs two requests for an image', async () => {
  await rig.apply('web', { source: image(1) });
  await rig.until('web', isLive(1));
  counted();
  await rig.apply('web', { source: image(2) });
  await rig.until('web', isLive(2));

  expect(counted()).toEqual({ 'create controllerrevisions': 1, 'patch deployments': 1 });
});

it('needs five requests for a commit, from its head to Ready', async () => {
  // So seldom that only what the controller watches can wake it.
  rig.world.look = { known: { commit: commitOf(1), repositoryId: 'r' }, error: undefined, nextLookMs: 60_000 };
  await rig.project('shop');
  await rig.apply('app', { projectRef: { name: 'shop' }, environment: 'eu', source: { branch: 'main' } });
  await rig.until('app', isReason('BuildQueued'));
  const condition = { type: 'Ready', status: 'True', reason: 'BuildSucceeded', message: '', observedGeneration: 1 };
  const image = `registry.example.com/acme/shop@${digestOf(1)}`;
  await rig.finishBuild(`shop-${commitOf(1).slice(-8)}`, {
    observedGeneration: 1,
    state: 'Succeeded',
    trust: 'Trusted',
    image,
    conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }],
  });
  await rig.until('app', isLive(1));

  expect(counted()).toEqual({
    'create builds': 1,
    'patch builds': 1,
    'create controllerrevisions': 1,
    'patch deployments': 2,
  });
});
