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

/** Every kind of route that leads to the Deployment: the operator's own, or those of the user. */
export function routeKindsOf(deployment: Deployment): RouteKind[] {
  const own = routeKindOf(deployment);
  const named = (settingsOf(deployment).gateway?.routeRefs ?? []).map(({ kind }) => kind);
  return [...new Set(own === undefined ? named : [own, ...named])];
}

/** One rule that leads everything to the Service, or to each release its share; before it one for who is chosen by headers. */
export function routeFor(deployment: Deployment, release: Release, traffic?: Traffic): KubeObject | undefined {
  const { parentRefs, hostnames } = settingsOf(deployment).gateway ?? {};
  const { port } = release.workload;
  if (parentRefs === undefined || port === undefined) return undefined;
  const names = hostnames === undefined || hostnames.length === 0 ? {} : { hostnames };
  const notes = traffic && { notes: { [annotations.traffic]: formatWeights(traffic.weights) } };
  const rules =
    traffic === undefined ? [{ backendRefs: [{ name: deployment.metadata.name, port }] }] : rulesOf(traffic);
  return childOf(deployment, { spec: { parentRefs, ...names, rules } }, notes);
}

function rulesOf({ backends, match, mirror }: Traffic) {
  const chosen = match && {
    matches: [{ headers: match.headers.map(({ name, value }) => ({ type: 'Exact', name, value })) }],
    backendRefs: [{ name: match.release.name, port: match.release.workload.port }],
  };
  const all = { ...(mirror && { filters: [mirrorTo(mirror)] }), backendRefs: backends.map(backendOf) };
  return chosen === undefined ? [all] : [chosen, all];
}

/** All of it is what every implementation of a mirror does; a share of it is a feature of its own. */
function mirrorTo({ release: { name, workload }, percent }: NonNullable<Traffic['mirror']>) {
  const backendRef = { name, port: workload.port };
  return { type: 'RequestMirror', requestMirror: { backendRef, ...(percent < 100 && { percent }) } };
}

function backendOf({ release: { name, workload }, weight }: Traffic['backends'][number]) {
  return { name, port: workload.port, weight };
}
