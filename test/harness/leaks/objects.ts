import type { Client } from '../../../src/kube/client/client.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { StoredObject } from '../../../src/kube/object/object.ts';
import { type Resource, resourceName } from '../../../src/kube/object/resource.ts';
import { persistentVolumeClaims, pods, secrets } from '../../../src/objects/core.ts';
import { jobs, replicaSets } from '../../../src/objects/workloads.ts';
import { namespaces } from '../../support/resources.ts';
import { ownKinds } from '../kinds.ts';
import { objectsOf } from '../objects-of.ts';

const persistentVolumes: Resource = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
};

const looked: readonly Resource[] = [
  namespaces,
  persistentVolumes,
  persistentVolumeClaims,
  pods,
  jobs,
  replicaSets,
  secrets,
  ...ownKinds,
];

/** Every object that a test could leave, by UID: a new one under an old name is another one. */
export async function inventory(client: Client): Promise<Map<string, { name: string; object: StoredObject }>> {
  const found = new Map<string, { name: string; object: StoredObject }>();
  for (const resource of looked) {
    for (const object of await objectsOf(client, resource)) {
      found.set(object.metadata.uid, { name: `${resourceName(resource)} ${keyOf(object)}`, object });
    }
  }
  return found;
}
