import { expect, it } from 'vitest';
import { aDeployment, aRelease } from '../../../../test/support/cluster-place/builders.ts';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { silentLogger } from '../../../../test/support/scripted-api/rig.ts';
import { controllerReference } from '../../../kube/index.ts';
import { pods } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { replicaSets } from '../../../objects/workloads.ts';
import { ownerOf } from '../owner.ts';
import { ClusterAdoption } from './adoption.ts';

const namespace = 'shop';
const app = { app: 'old' };
const set = { name: 'old-1', uid: 'uid-old-1' };
const release = { ...aRelease(), name: 'web-1', uid: 'uid-1', rendered: { template: {}, replicaSet: set } };

async function clientWith(...podOwners: (string | undefined)[]): Promise<MemoryClient> {
  const client = new MemoryClient();
  const ownerReferences = [controllerReference(ownerOf(release, namespace))];
  const spec = { replicas: 1, selector: { matchLabels: app } };
  await client.create(replicaSets, { metadata: { namespace, ...set, ownerReferences }, spec });
  for (const [index, uid] of podOwners.entries()) {
    const owner = { resource: replicaSets, object: { metadata: { namespace, name: 'some', uid: uid ?? '' } } };
    const owned = uid === undefined ? {} : { ownerReferences: [controllerReference(owner)] };
    await client.create(pods, {
      metadata: { namespace, name: `pod-${index}`, labels: app, ...owned },
      spec: { containers: [] },
    });
  }
  return client;
}

it('labels the pods of the ReplicaSet that it takes, and none that somebody else runs under the same labels', async () => {
  const client = await clientWith(set.uid, 'uid-of-another', undefined);
  const observer = { wrote: () => undefined, deleted: () => undefined };
  const adoption = new ClusterAdoption({ client, clock: { monotonic: () => 0 }, observer });
  const deployment = aDeployment({ cluster: { adopt: { name: 'old' } } });
  const scope = { deployment, memory: undefined, signal: AbortSignal.timeout(5000), log: silentLogger };

  expect(await adoption.take(scope, release)).toBe(true);

  const { items } = await client.list(pods, { namespace });
  expect(items.map(({ metadata }) => metadata.labels?.[labels.release])).toEqual(['web-1', undefined, undefined]);
});
