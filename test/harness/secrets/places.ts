import type { Client } from '../../../src/kube/client/client.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import { type Resource, resourceName } from '../../../src/kube/object/resource.ts';
import { configMaps, pods } from '../../../src/objects/core.ts';
import { namespacedResource } from '../../../src/objects/wire.ts';
import { controllerRevisions, jobs, replicaSets } from '../../../src/objects/workloads.ts';
import { ownKinds } from '../kinds.ts';
import { objectsOf } from '../objects-of.ts';
import type { OperatorUnderTest } from '../operator/local-operator.ts';
import type { Place } from './secrets.ts';

const events = namespacedResource<KubeObject>('events.k8s.io', 'v1', 'Event', 'events');

/** Kinds that many may read. A Secret is the one place where a secret belongs. */
const open: readonly Resource[] = [...ownKinds, events, configMaps, controllerRevisions, pods, jobs, replicaSets];

/** Written by kubectl from what the user applied; not by us. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Every object of the cluster that could show a secret, as text. */
export async function openObjects(client: Client): Promise<Place[]> {
  const places: Place[] = [];
  for (const resource of open) {
    for (const object of await objectsOf(client, resource)) {
      places.push({
        where: `${resourceName(resource)} ${keyOf(object)}`,
        text: JSON.stringify(withoutUserText(object)),
      });
    }
  }
  return places;
}

function withoutUserText(object: KubeObject): KubeObject {
  const { [lastApplied]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What the operator says about itself. */
export async function operatorPlaces(operator: Pick<OperatorUnderTest, 'logs' | 'metrics'>): Promise<Place[]> {
  return [
    { where: 'the log', text: await operator.logs() },
    { where: 'the metrics', text: await operator.metrics() },
  ];
}
