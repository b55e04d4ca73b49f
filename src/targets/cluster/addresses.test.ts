import { expect, it } from 'vitest';
import { aRelease } from '../../../test/support/cluster-place/builders.ts';
import { type Stored, withController } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';
import { type ReplicaSet, replicaSets } from '../../objects/workloads.ts';
import { addressesOf } from './addresses.ts';

const aSet = (uid: string): Stored<ReplicaSet> => ({
  metadata: { namespace: 'shop', name: 'web-1', uid, resourceVersion: '1' },
});
const set = aSet('own');

interface Fields {
  readonly podIP?: string;
  readonly isReady?: boolean;
  readonly of?: Stored<ReplicaSet>;
  readonly spec?: Partial<Pod['spec']>;
  readonly deletionTimestamp?: string;
  readonly phase?: string;
}

function aPod({
  podIP = '10.0.0.1',
  isReady = true,
  of = set,
  spec,
  deletionTimestamp,
  phase = 'Running',
}: Fields = {}) {
  const metadata = { namespace: 'shop', name: podIP, uid: podIP, resourceVersion: '1' };
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
  const pod = {
    metadata: deletionTimestamp === undefined ? metadata : { ...metadata, deletionTimestamp },
    ...(spec && { spec }),
    status: { phase, podIP, conditions },
  };
  return withController(pod as Pod, { resource: replicaSets, object: of }) as Stored<Pod>;
}

const reached = (...pods: Stored<Pod>[]) => addressesOf({ release: aRelease(), set, pods });
const words = (text: string) => expect.stringContaining(text);

it('gives the addresses of the replicas that are ready, and the port of the release', () => {
  const pods = [aPod(), aPod({ podIP: '10.0.0.2', isReady: false }), aPod({ podIP: 'fd00::3' })];

  expect(reached(...pods)).toEqual({ addresses: ['10.0.0.1', 'fd00::3'], port: 8080 });
});

it.each([
  ['ends', aPod({ deletionTimestamp: '2026-01-01T00:00:00Z' })],
  ['has ended', aPod({ phase: 'Failed' })],
  ['is of another ReplicaSet, whatever its labels say', aPod({ of: aSet('other') })],
])('asks none that %s', (_, pod) => {
  expect(reached(pod, aPod({ podIP: '10.0.0.9' }))).toMatchObject({ addresses: ['10.0.0.9'] });
  expect(reached(pod)).toEqual({ verdict: 'NoData', message: 'No replica of it runs.' });
});

it('fails when replicas are there and none is ready', () => {
  expect(reached(aPod({ isReady: false }))).toMatchObject({ verdict: 'Failed', message: words('ready') });
});

it('asks nothing in the network of a node', () => {
  const pods = [aPod(), aPod({ podIP: '192.168.7.2', spec: { hostNetwork: true } })];

  expect(reached(...pods)).toMatchObject({ verdict: 'NoData', message: words('http.url') });
});

it('asks a worker nothing', () => {
  const { port: _, ...worker } = aRelease().workload;
  const release = { ...aRelease(), workload: worker };

  expect(addressesOf({ release, set, pods: [aPod()] })).toMatchObject({ verdict: 'NoData', message: words('port') });
});

it('goes by the port that a release was taken over with', () => {
  const release = aRelease({}, { rendered: { template: {}, replicaSet: { name: 'old', uid: 'own', port: 3000 } } });

  expect(addressesOf({ release, set, pods: [aPod()] })).toMatchObject({ port: 3000 });
});
