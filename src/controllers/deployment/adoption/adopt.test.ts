import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { replicaSets } from '../../../objects/workloads.ts';
import { ClusterAdoption } from '../../../targets/cluster/adoption/adoption.ts';
import type { Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { adopted } from './adopt.ts';

const set = { name: 'old-1', uid: 'uid-old-1' };
const one = { number: 1, name: 'web-1', uid: 'uid-1', cause: 'Adoption', rendered: { template: {}, replicaSet: set } };
const two = { number: 2, name: 'web-2', uid: 'uid-2', cause: 'Spec' };

/** A look at a Deployment whose status says nothing, with this many replicas of what was taken over. */
async function numberTaken(replicas: number, ...releases: object[]): Promise<number | undefined> {
  const client = new MemoryClient();
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'ControllerRevision', name: 'web-1', uid: 'uid-1', controller: true },
  ];
  const metadata = { namespace: 'shop', ...set, ownerReferences };
  await client.create(replicaSets, { metadata, spec: { replicas, selector: { matchLabels: { app: 'old' } } } });
  const observer = { wrote: () => undefined, deleted: () => undefined };
  const adoption = new ClusterAdoption({ client, clock: { monotonic: () => 0 }, observer });
  const deployment = aDeployment({ cluster: { adopt: { name: 'old' } } });
  const look = { deployment, releases, signal: AbortSignal.timeout(5000) } as unknown as Look;
  return (await adopted(look, { adoption } as unknown as Target)).release?.number;
}

it('is live when it was taken over just before a crash, also when the next release has begun', async () => {
  expect(await numberTaken(2, one)).toBe(1);
  expect(await numberTaken(0, one)).toBe(1);
  expect(await numberTaken(2, two, one)).toBe(1);
});

it('is not live when a status was lost long after it had made room for another release', async () => {
  expect(await numberTaken(0, two, one)).toBeUndefined();
});
