import { afterAll, beforeAll, expect, it } from 'vitest';
import { image, isLive } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { configMaps } from '../../objects/core.ts';
import { deployments } from '../../objects/vish.ts';
import { controllerRevisions } from '../../objects/workloads.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-crash');
});
afterAll(() => rig.close());

const mostWrites = 40;

/** Until it holds; whenever the operator dies on the way, another one takes over. */
async function survive(name: string, holds: (deployment: Deployment) => boolean): Promise<void> {
  await rig.until(name, (deployment) => rig.isDead || holds(deployment));
  if (!rig.isDead) return;
  await rig.restart();
  await rig.until(name, holds);
}

/** Two releases with a ConfigMap, a rollback by hand; the operator dies with its n-th write. */
async function story(name: string): Promise<unknown> {
  const settings = { namespace: rig.namespace, name: `${name}-settings` };
  const workload = { scale: { replicas: 2 }, envFrom: [{ configMapRef: { name: settings.name } }] };
  await rig.client.create(configMaps, { metadata: settings, data: { COLOR: 'blue' } });
  await rig.apply(name, { source: image(1), workload });
  await survive(name, isLive(1));
  await rig.apply(name, { source: image(2), workload });
  await survive(name, isLive(2));
  await rig.annotate(name, { 'vish.dev/rollback': '1' });
  await survive(name, ({ status }) => status?.live?.release === 1 && status.rollout === undefined);
  return endOf(name);
}

async function endOf(name: string): Promise<unknown> {
  const of = { namespace: rig.namespace, labelSelector: `vish.dev/deployment=${name}` };
  const { status } = await rig.get(name);
  const [revisions, copies] = [await rig.client.list(controllerRevisions, of), await rig.client.list(configMaps, of)];
  return {
    live: status?.live,
    pinned: status?.pinned?.release,
    history: status?.history?.map(({ number, outcome, cause }) => `${number} ${outcome} ${cause}`),
    conditions: status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
    revisions: revisions.items.map(({ revision }) => revision).toSorted((a, b) => a - b),
    copies: copies.items.length,
    running: rig.placeOf(name).sides(),
  };
}

it('comes to the same end when the operator dies with any of its writes', async () => {
  const undisturbed = await story('calm');
  await rig.client.delete(deployments, { namespace: rig.namespace, name: 'calm' });

  let writes = 0;
  for (let survived = false; !survived && writes < mostWrites; ) {
    const name = `dies-${++writes}`;
    rig.dieAfter(writes);
    expect(await story(name), `dead after write ${writes}`).toEqual(undisturbed);
    survived = !rig.isDead && rig.writesLeft < Number.POSITIVE_INFINITY;
    await rig.restart();
    await rig.client.delete(deployments, { namespace: rig.namespace, name });
  }

  expect(undisturbed).toMatchObject({
    history: ['2 Superseded Spec', '1 Live Rollback'],
    revisions: [1, 2],
    copies: 2,
  });
  expect(writes).toBeGreaterThan(8);
  expect(writes).toBeLessThan(mostWrites);
}, 180_000);
