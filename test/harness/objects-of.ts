import type { Client } from '../../src/kube/client/client.ts';
import { listAll } from '../../src/kube/client/list-all.ts';
import { isKubeError } from '../../src/kube/errors/errors.ts';
import type { StoredObject } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';

/** Of one namespace, or of all. A kind that is not installed has no objects. */
export async function objectsOf(
  client: Client,
  resource: Resource,
  scope: { namespace?: string } = {},
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  try {
    for await (const object of listAll(client, resource, scope)) objects.push(object);
  } catch (error) {
    if (!isKubeError(error, 'NotFound')) throw error;
  }
  return objects;
}
