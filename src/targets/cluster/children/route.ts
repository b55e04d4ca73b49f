import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { annotations } from '../../../objects/labels.ts';
import { grpcRoutes, httpRoutes } from '../../../objects/routes.ts';
import type { Release } from '../../../rollout/release.ts';
import { settingsOf } from '../settings.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { formatWeights } from '../traffic/weights.ts';
import { childOf } from './child.ts';

export const routeKinds = { HTTPRoute: httpRoutes, GRPCRoute: grpcRoutes } as const;
export type RouteKind = keyof typeof routeKinds;

/** The kind of the route that the operator makes; undefined where it makes none. */
export function routeKindOf(deployment: Deployment): RouteKind | undefined {
  const { gateway } = settingsOf(deployment);
  return gateway?.parentRefs === undefined ? undefined : (gateway.kind ?? 'HTTPRoute');
}

/** One rule that leads everything to the Service, or to each release its share. */
export function routeFor(deployment: Deployment, release: Release, traffic?: Traffic): KubeObject | undefined {
  const { parentRefs, hostnames } = settingsOf(deployment).gateway ?? {};
  const { port } = release.workload;
  if (parentRefs === undefined || port === undefined) return undefined;
  const backendRefs =
    traffic === undefined ? [{ name: deployment.metadata.name, port }] : traffic.backends.map(backendOf);
  const names = hostnames === undefined || hostnames.length === 0 ? {} : { hostnames };
  const notes = traffic && { notes: { [annotations.traffic]: formatWeights(traffic.weights) } };
  return childOf(deployment, { spec: { parentRefs, ...names, rules: [{ backendRefs }] } }, notes);
}

function backendOf({ release: { name, workload }, weight }: Traffic['backends'][number]) {
  return { name, port: workload.port, weight };
}
