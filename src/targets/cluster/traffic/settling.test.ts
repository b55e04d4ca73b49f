import { beforeEach, expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { KubeObject, Stored } from '../../../kube/index.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { Settling } from './settling.ts';

const deployment = aDeployment({ cluster: { drainSeconds: 8 } });

let clock: ManualClock;
let settling: Settling;
beforeEach(() => {
  clock = new ManualClock();
  settling = new Settling(clock);
});

function aService(madeMsAgo: number, uid = 'u'): Stored<KubeObject> {
  const creationTimestamp = new Date(clock.now() - madeMsAgo).toISOString();
  return { metadata: { namespace: 'shop', name: 'web-1', uid, resourceVersion: '1', creationTimestamp } };
}

it('waits for as long as the data plane needs from the moment at which a Service was seen', async () => {
  const service = aService(0);
  const first = settling.waitMs(service, deployment);
  await clock.advance(5000);

  expect([first, settling.waitMs(service, deployment)]).toEqual([8000, 3000]);
});

it('does not wait for one that was there before this process', () => {
  expect(settling.waitMs(aService(9000), deployment)).toBe(0);
});

it('waits no longer for a clock of the API server that is ahead', async () => {
  const service = aService(-60_000);
  settling.waitMs(service, deployment);
  await clock.advance(8000);

  expect(settling.waitMs(service, deployment)).toBe(0);
});

it('waits anew for one that was made again under the same name', async () => {
  settling.waitMs(aService(0), deployment);
  await clock.advance(8000);

  expect(settling.waitMs(aService(0, 'other'), deployment)).toBe(8000);
});
