import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { grpcRoutes, httpRoutes } from '../../../objects/routes.ts';
import type { Release } from '../../../rollout/release.ts';
import { settingsOf } from '../settings.ts';
import { childOf } from './child.ts';

export const routeKinds = { HTTPRoute: httpRoutes, GRPCRoute: grpcRoutes } as const;
export type RouteKind = keyof typeof routeKinds;

/** The kind of the route that the operator makes; undefined where it makes none. */
export function routeKindOf(deployment: Deployment): RouteKind | undefined {
  const { gateway } = settingsOf(deployment);
  return gateway?.parentRefs === undefined ? undefined : (gateway.kind ?? 'HTTPRoute');
}

/** One rule that leads everything to the Service. */
export function routeFor(deployment: Deployment, { workload: { port } }: Release): KubeObject | undefined {
  const { parentRefs, hostnames } = settingsOf(deployment).gateway ?? {};
  if (parentRefs === undefined || port === undefined) return undefined;
  const backendRefs = [{ name: deployment.metadata.name, port }];
  const names = hostnames === undefined || hostnames.length === 0 ? {} : { hostnames };
  return childOf(deployment, { spec: { parentRefs, ...names, rules: [{ backendRefs }] } });
}
