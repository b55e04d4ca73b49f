import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type Informer, type KubeObject, keyOf } from '../../../kube/index.ts';
import { services } from '../../../objects/core.ts';
import { podDisruptionBudgets } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import type { ClusterInformers } from '../informers.ts';
import { budgetFor } from './budget.ts';
import type { Child } from './child.ts';
import { routeFor, routeKindOf, routeKinds } from './route.ts';
import type { Routes } from './routes.ts';
import { serviceFor } from './service.ts';

export interface ChildrenOptions {
  readonly deployment: Deployment;
  /** The release whose port counts. */
  readonly release: Release;
  readonly replicas: number;
  readonly signal: AbortSignal;
}

/** Everything beside the replicas, as it should be and as it is known to be. */
export async function childrenOf(
  informers: ClusterInformers,
  routes: Routes,
  { deployment, release, replicas, signal }: ChildrenOptions,
): Promise<Child[]> {
  const child = (resource: Child['resource'], { store }: Informer<KubeObject>, wanted?: KubeObject): Child => ({
    resource,
    observed: store.get(keyOf(deployment)),
    ...(wanted === undefined ? {} : { wanted }),
  });
  const routeKind = routeKindOf(deployment);
  const routeInformers = await routes.informers(routeKind, signal);
  const wantedRoute = routeFor(deployment, release);
  return [
    child(services, informers.services, serviceFor(deployment, release)),
    child(podDisruptionBudgets, informers.budgets, budgetFor(deployment, replicas)),
    ...[...routeInformers].map(([kind, informer]) =>
      child(routeKinds[kind], informer, kind === routeKind ? wantedRoute : undefined),
    ),
  ];
}
