import { controllerReference, type KubeObject, type Resource, type Stored } from '../../../kube/index.ts';
import { type AppsDeployment, appsDeployments } from '../../../objects/workloads.ts';
import type { Scope } from '../../target.ts';
import type { HandOverOptions } from './let-go.ts';

/** Makes it the owner in one write. With the version: the list of owners is replaced. */
export async function giveTo(
  apps: Stored<AppsDeployment>,
  { resource, object }: { resource: Resource; object: Stored<KubeObject> },
  { client, observer }: HandOverOptions,
  { deployment, signal }: Scope,
): Promise<void> {
  const { uid, resourceVersion, namespace = '', name } = object.metadata;
  const ownerReferences = [controllerReference({ resource: appsDeployments, object: apps })];
  const patch = { metadata: { uid, resourceVersion, ownerReferences } };
  const given = await client.patch(resource, { namespace, name }, patch, { type: 'merge', signal });
  observer.wrote(deployment, resource, given);
}
