import type { WriteOptions } from '../../../kube/client/client.ts';
import { type Client, isKubeError, type KubeObject, type Resource, type Stored } from '../../../kube/index.ts';

/** Undefined for what is there already. */
export async function create<T extends KubeObject>(
  client: Pick<Client, 'create'>,
  resource: Resource<T>,
  object: T,
  options: Pick<WriteOptions, 'signal' | 'dryRun'>,
): Promise<Stored<T> | undefined> {
  try {
    return await client.create(resource, object, options);
  } catch (error) {
    // Names follow from the Build and the attempt: what is there is ours, from before a crash.
    if (isKubeError(error, 'AlreadyExists')) return undefined;
    throw error;
  }
}
