import { afterAll, beforeAll, expect, it } from 'vitest';
import { image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { deployments } from '../../objects/vish.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-by-hand');
});
afterAll(() => rig.close());

const stamp = '2026-01-01T00:00:00Z';
const rollout = {
  release: 77,
  strategy: 'Canary',
  phase: 'Nonsense',
  step: 3,
  steps: 9,
  progress: '3/9',
  startedAt: stamp,
  phaseStartedAt: stamp,
  deadline: stamp,
};
const side = { release: 99, weight: 100, replicas: 7, ready: 7 };

let count = 0;

it.each([
  ['a release that does not exist', { live: side, next: side, previous: { release: 3 } }],
  ['a rollout of nothing', { rollout }],
  ['a rollout that is over', { rollout: { ...rollout, release: 1 } }],
  ['the live release as refused, and none as live', { live: null, history: null }],
  ['a turn of nothing', { queued: { release: 77, since: stamp, position: 3 } }],
  ['no status at all', null],
  ['memory that is none', { memory: '{"rollout":', ecs: { serviceArn: 'x' } }],
])('comes back from a status that was edited by hand: %s', async (_, status) => {
  const name = `web-${++count}`;
  const key = { namespace: rig.namespace, name };
  await rig.apply(name, { source: image(1), workload: { scale: { replicas: 2 } } });
  await rig.until(name, isLive(1));
  await rig.client.patch(deployments, key, { status }, { type: 'merge', subresource: 'status' });
  await rig.annotate(name, { 'example.com/touched': 'yes' });
  await rig.until(
    name,
    (d) =>
      isReason('ReleaseLive')(d) &&
      d.status?.rollout === undefined &&
      d.status?.live?.release === 1 &&
      d.status.history?.[0]?.outcome === 'Live',
  );
  await rig.apply(name, { source: image(2), workload: { scale: { replicas: 2 } } });
  const next = await rig.until(name, (d) => isReason('ReleaseLive')(d) && d.status?.live?.release !== 1);
  await rig.apply(name, { source: image(3), workload: { scale: { replicas: 2 } } });
  const third = await rig.until(
    name,
    (d) => isReason('ReleaseLive')(d) && d.status?.live?.release !== next.status?.live?.release,
  );
  expect(third.status?.history?.length).toBe(3);
});
