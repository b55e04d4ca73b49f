import { isKubeError, type KubeObject, type Resource } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';
import type { Look } from './look.ts';

/** Deletes exactly this object. One that is gone, or another by now, is left alone: the watch shows it. */
export async function remove<T extends KubeObject>(
  { client, deleted, signal }: Pick<Look, 'client' | 'deleted' | 'signal'>,
  resource: Resource<T>,
  object: Read<T>,
): Promise<void> {
  const { namespace = '', name, uid } = object.metadata;
  try {
    await client.delete(resource, { namespace, name }, { preconditions: { uid }, signal });
    deleted(resource, object);
  } catch (error) {
    if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
  }
}
