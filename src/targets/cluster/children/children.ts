import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type Informer, type KubeObject, keyOf, type Stored } from '../../../kube/index.ts';
import { services } from '../../../objects/core.ts';
import { podDisruptionBudgets } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import type { ClusterInformers } from '../informers.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { weightsOn } from '../traffic/weights.ts';
import { budgetFor } from './budget.ts';
import type { Child } from './child.ts';
import { routeFor, routeKindOf, routeKinds } from './route.ts';
import type { Routes } from './routes.ts';
import { previewFor, previewName, releaseServiceFor, serviceFor, sharedPort } from './service.ts';

export interface ChildrenOptions {
  readonly deployment: Deployment;
  /** The release whose port counts. */
  readonly release: Release;
  /** Every release of which something may be left. */
  readonly releases: readonly Release[];
  readonly replicas: number;
  /** Absent where traffic goes with the replicas. */
  readonly traffic: Traffic | undefined;
  /** Names of releases to whose Services our own route cannot lead yet. */
  readonly unseen: Pick<ReadonlySet<string>, 'has'> | undefined;
  readonly signal: AbortSignal;
}

/** Everything beside the replicas, as it should be and as it is known to be; what others lead to stands before them. */
export async function childrenOf(
  informers: ClusterInformers,
  routes: Routes,
  options: ChildrenOptions,
): Promise<Child[]> {
  const { deployment, release, releases, replicas, traffic, unseen, signal } = options;
  const child = (resource: Child['resource'], { store }: Informer<KubeObject>, wanted?: KubeObject): Child => ({
    resource,
    observed: store.get(keyOf(deployment)),
    ...(wanted === undefined ? {} : { wanted }),
  });
  const routeKind = routeKindOf(deployment);
  const targetPort = sharedPort(release, releases);
  const routeInformers = await routes.informers(deployment, signal);
  const extra = moreServices(informers, routes, options);
  const isKnown = (name: string) => unseen?.has(name) !== true;
  const isDivided = traffic?.backends.every((to) => isKnown(to.release.name)) === true;
  const wantedRoute = routeFor(deployment, release, isDivided ? onlyKnown(traffic, isKnown) : undefined);
  const own = informers.services.store.get(keyOf(deployment));
  // It still has the requests to all replicas: led to one release, that one would have to bear them alone for some seconds.
  const leadsToAll = routeKind !== undefined && !isDivided && weightsOn(own, deployment) === undefined;
  const led = leadsToAll && (traffic?.backends.length ?? 0) > 1 ? undefined : traffic;
  return [
    child(services, informers.services, serviceFor(deployment, release, led, { targetPort })),
    ...extra,
    child(podDisruptionBudgets, informers.budgets, budgetFor(deployment, replicas, traffic?.main)),
    ...[...routeInformers].map(([kind, informer]) =>
      child(routeKinds[kind], informer, kind === routeKind ? wantedRoute : undefined),
    ),
  ];
}

/** Without what would lead to a Service that is not there yet. */
function onlyKnown({ match, mirror, ...traffic }: Traffic, isKnown: (name: string) => boolean): Traffic {
  return {
    ...traffic,
    ...(match && isKnown(match.release.name) && { match }),
    ...(mirror && isKnown(mirror.release.name) && { mirror }),
  };
}

/** Services of single releases, for strategies that move traffic. */
function moreServices({ services: { store } }: ClusterInformers, routes: Routes, options: ChildrenOptions): Child[] {
  const { deployment, release, releases, traffic } = options;
  const { namespace = '' } = deployment.metadata;
  const find = (name: string): Stored<KubeObject> | undefined => store.get(keyOf({ metadata: { namespace, name } }));
  const backends = routeKindOf(deployment) === undefined ? [] : (traffic?.sides ?? []);
  const child = (name: string, wanted: KubeObject | undefined): Child => ({
    resource: services,
    observed: find(name),
    ...(wanted === undefined ? {} : { wanted }),
  });
  const preview = previewName(deployment);
  const targetPort = sharedPort(release, releases);
  // A route that still leads there would answer with errors.
  const isLeftOver =
    traffic === undefined && find(preview) !== undefined && routes.leadTo({ namespace, name: preview });
  const kept = isLeftOver ? serviceFor(deployment, release, undefined, { name: preview, targetPort }) : undefined;
  return [
    child(preview, traffic === undefined ? kept : previewFor(deployment, traffic.preview)),
    ...releases.map((release) =>
      child(release.name, backends.includes(release) ? releaseServiceFor(deployment, release) : undefined),
    ),
  ].filter(({ wanted, observed }) => wanted !== undefined || observed !== undefined);
}
