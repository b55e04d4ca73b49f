import { afterAll, beforeAll, expect, it } from 'vitest';
import { image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { until } from '../../../test/support/until.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { deployments } from '../../objects/vish.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-queue', { maxConcurrentRollouts: 2 });
});
afterAll(() => rig.close());

const names = ['a', 'b', 'c', 'd', 'e'];
/** Which of those that changed at once come first is nobody's choice. */
let rolling: readonly string[] = [];

async function those(reason: string): Promise<string[]> {
  const { items } = await rig.client.list(deployments, { namespace: rig.namespace });
  return items.filter(isReason(reason)).map(({ metadata }) => metadata.name);
}

async function firstInLine(): Promise<string> {
  const { items } = await rig.client.list(deployments, { namespace: rig.namespace });
  const place = ({ status }: Deployment) => status?.queued?.position ?? Number.POSITIVE_INFINITY;
  const [first] = items.filter(isReason('RolloutQueued')).toSorted((a, b) => place(a) - place(b));
  return first?.metadata.name ?? '';
}

async function release(version: number, of: readonly string[]): Promise<void> {
  for (const name of of) await rig.apply(name, { source: image(version) });
}

async function untilAll(holds: (deployment: Deployment) => boolean, of: readonly string[]): Promise<void> {
  for (const name of of) await rig.until(name, holds);
}

it('starts a few of many that changed at once, and tells the others their position', async () => {
  await release(1, [...names, 'fire']);
  await untilAll(isLive(1), [...names, 'fire']);
  for (const name of names) rig.placeOf(name).broken.add(2);

  await release(2, names);
  await until(async () => (await those('RolloutQueued')).length === 3, { deadlineMs: 20_000, everyMs: 100 });
  rolling = await those('RollingOut');
  const waiting = await those('RolloutQueued');

  expect(rolling).toHaveLength(2);
  const { status } = await rig.get(waiting[0] ?? '');
  expect(status).toMatchObject({ state: 'Pending', live: { release: 1 }, queued: { release: 2 } });
  expect(status?.queued?.position).toBeGreaterThan(0);
});

it('keeps the places over a restart, and lets an emergency through', async () => {
  rig.placeOf('fire').broken.add(2);
  await rig.restart();
  await release(2, ['fire']);
  await untilAll(isReason('RolloutQueued'), ['fire']);
  expect(await those('RollingOut')).toEqual(rolling);

  rig.placeOf('fire').broken.clear();
  await rig.annotate('fire', { 'vish.dev/rollback': '2' });
  await rig.until('fire', ({ status }) => status?.live?.release === 2 && status.queued === undefined);
  expect(await those('RollingOut')).toEqual(rolling);
});

it('gives the place of one that a person stops to who waited longest, and comes to its end', async () => {
  const [stopped = ''] = rolling;
  const longest = await firstInLine();
  await rig.patch(stopped, { paused: true });
  await untilAll(isReason('RollingOut'), [longest]);

  for (const name of names) rig.placeOf(name).broken.clear();
  await rig.patch(stopped, { paused: false });
  await untilAll(isLive(2), names);
  expect(await those('RolloutQueued')).toEqual([]);
});
