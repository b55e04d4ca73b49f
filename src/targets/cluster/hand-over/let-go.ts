import type { Deployment } from '../../../crds/deployment/deployment.ts';
import {
  type Client,
  ifPresent,
  isKubeError,
  type KubeObject,
  type Resource,
  release,
  type Stored,
} from '../../../kube/index.ts';
import { services } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { grpcRoutes, httpRoutes } from '../../../objects/routes.ts';
import { deployments } from '../../../objects/vish.ts';
import { type AppsDeployment, controllerRevisions, podDisruptionBudgets } from '../../../objects/workloads.ts';
import type { HandedTo, Scope } from '../../target.ts';
import { stored } from '../children/child.ts';
import type { WriteObserver } from '../writes.ts';
import { giveTo } from './give.ts';

export interface HandOverOptions {
  readonly client: Pick<Client, 'get' | 'list' | 'create' | 'patch'>;
  readonly observer: WriteObserver;
}

/** What leads to the pods, and what protects them. */
const besides: readonly Resource[] = [services, podDisruptionBudgets, httpRoutes, grpcRoutes];

/**
 * The deletion of our Deployment is to take nothing along that serves. What leads to the pods becomes nobody's, as after a
 * deletion with --cascade=orphan, so that a Deployment of this name that takes the pods over again finds it.
 */
export async function letGo(
  options: HandOverOptions,
  apps: Stored<AppsDeployment> | undefined,
  { scope, to }: { scope: Scope; to: HandedTo },
): Promise<void> {
  if (apps !== undefined) await giveRevision(options, apps, { scope, to });
  for (const resource of besides) {
    for (const object of await labelled(options, resource, scope)) await free(options, { resource, object }, scope);
  }
}

/** What is labelled with the Deployment. */
export function ofDeployment({ metadata }: Deployment): string {
  return `${labels.deployment}=${metadata.name}`;
}

/**
 * The revision owns the copies of ConfigMaps that the pods name, and keeps their image from being deleted. That of a
 * ReplicaSet which was taken over has another name, and does neither.
 */
async function giveRevision(
  options: HandOverOptions,
  apps: Stored<AppsDeployment>,
  { scope, to }: { scope: Scope; to: HandedTo },
): Promise<void> {
  const { deployment, signal } = scope;
  const key = { namespace: apps.metadata.namespace ?? '', name: to.replicaSet };
  const revision = await ifPresent(options.client.get(controllerRevisions, key, { signal }));
  const isOurs = revision?.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid) === true;
  if (revision === undefined || !isOurs) return;
  await giveTo(apps, { resource: controllerRevisions, object: revision }, options, scope);
}

async function labelled({ client }: HandOverOptions, resource: Resource, { deployment, signal }: Scope) {
  const { namespace = '' } = deployment.metadata;
  try {
    return (await client.list(resource, { namespace, labelSelector: ofDeployment(deployment), signal })).items;
  } catch (error) {
    // A cluster without the Gateway API.
    if (isKubeError(error, 'Unsupported')) return [];
    throw error;
  }
}

/** Sends nothing where we are no owner. */
async function free(
  { client, observer }: HandOverOptions,
  child: { resource: Resource; object: Stored<KubeObject> },
  { deployment, signal }: Scope,
): Promise<void> {
  const owner = { resource: deployments, object: stored(deployment) };
  const freed = await release(client, child, owner, { signal });
  if (freed !== undefined && freed !== child.object) observer.wrote(deployment, child.resource, freed);
}
