import { afterAll, beforeAll, expect, it } from 'vitest';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { commitOf, deploymentRig, digestOf } from '../../../test/support/deployment-rig.ts';
import type { Build } from '../../crds/build/build.ts';
import { builds, projects } from '../../objects/vish.ts';
import { namespacedResource } from '../../objects/wire.ts';

const quotas = namespacedResource('', 'v1', 'ResourceQuota', 'resourcequotas');
const spec = { projectRef: { name: 'shop' }, environment: 'eu', source: { branch: 'main' } };
const buildOf = (version: number) => `shop-${commitOf(version).slice(-8)}`;

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-refusals');
});
afterAll(() => rig.close());

it('says that a quota keeps the release from being made, and goes on when there is room', async () => {
  const key = { namespace: rig.namespace, name: 'none' };
  await rig.client.create(quotas, {
    metadata: key,
    spec: { hard: { 'count/controllerrevisions.apps': '0' } },
  } as never);
  await rig.apply('web', { source: image(1) });
  const refused = await rig.until('web', isReason('RefusedByCluster'));
  await rig.client.delete(quotas, key);
  await rig.annotate('web', { 'example.com/touched': 'yes' });
  await rig.until('web', isLive(1));

  expect(condition(refused, 'Ready')?.message).toMatch(/controllerrevisions.*quota/u);
  expect(condition(refused, 'Reconciling')?.status).toBe('True');
});

it('does not take a Build that somebody made under the name of the one that it would make', async () => {
  await rig.project('shop');
  const metadata = { namespace: rig.namespace, name: buildOf(1) };
  const forged = { metadata, spec: { projectRef: { name: 'shop' }, commit: commitOf(9) } };
  await rig.client.create(builds, forged as Build);
  const ready = { type: 'Ready', status: 'True', reason: 'BuildSucceeded', message: '', observedGeneration: 1 };
  await rig.finishBuild(buildOf(1), {
    image: `registry.example.com/acme/shop@${digestOf(9)}`,
    trust: 'Trusted',
    observedGeneration: 1,
    state: 'Succeeded',
    conditions: [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }],
  });
  await rig.apply('app', spec);
  const refused = await rig.until('app', isReason('ForeignOwner'));

  expect(condition(refused, 'Ready')?.message).toContain(buildOf(1));
  expect(refused.status?.live).toBeUndefined();
});

it('makes no Build for a Project that is being deleted: they would come and go for ever', async () => {
  rig.world.head = commitOf(2);
  const key = { namespace: rig.namespace, name: 'shop' };
  await rig.client.patch(projects, key, { metadata: { finalizers: ['example.com/wait'] } }, { type: 'merge' });
  await rig.client.delete(projects, key);
  rig.requests.length = 0;
  await rig.annotate('app', { 'example.com/touched': 'again' });
  const alone = await rig.until('app', isReason('ProjectNotFound'));
  await rig.client.patch(projects, key, { metadata: { finalizers: null } }, { type: 'merge' });

  expect(condition(alone, 'Ready')?.message).toContain('being deleted');
  expect(rig.requests).not.toContain('create builds');
});
