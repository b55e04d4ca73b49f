import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { isKubeError, type Stored } from '../../../kube/index.ts';
import type { Route } from '../../../objects/routes.ts';
import type { Entrance } from '../../target.ts';
import type { RouteKind } from '../children/route.ts';
import { previewName } from '../children/service.ts';
import { settingsOf } from '../settings.ts';
import { type Division, divisionsOf, type Pair, shareOf, sharesOf } from './shares.ts';

/** A route that the user named, as far as it is known. */
export interface UserRoute {
  readonly kind: RouteKind;
  readonly name: string;
  readonly route: Stored<Route> | undefined;
  readonly divisions: readonly Division[];
  /** Rules where one of the two Services is missing. */
  readonly incomplete: readonly number[];
}

/** Names of the user's routes; none where the operator makes the route itself, or there is none. */
export function routeRefsOf(deployment: Deployment): readonly { kind: RouteKind; name: string }[] {
  return settingsOf(deployment).gateway?.routeRefs ?? [];
}

export function pairOf(deployment: Deployment): Pair {
  return { stable: deployment.metadata.name, next: previewName(deployment) };
}

export function userRoutesOf(
  deployment: Deployment,
  observed: (kind: RouteKind, key: string) => Stored<Route> | undefined,
): UserRoute[] {
  const { namespace = '' } = deployment.metadata;
  return routeRefsOf(deployment).map(({ kind, name }) => {
    const route = observed(kind, `${namespace}/${name}`);
    const { complete, incomplete } =
      route === undefined ? { complete: [], incomplete: [] } : divisionsOf(route, pairOf(deployment));
    return { kind, name, route, divisions: complete, incomplete };
  });
}

/** Percent that all of them together give to the release that comes. */
export function shareNow(routes: readonly UserRoute[]): number {
  return shareOf(routes.flatMap(({ divisions }) => sharesOf(divisions)));
}

/** What keeps weights from being written: a route that is not there, or that does not name both Services. */
export function incompleteIn(
  routes: readonly UserRoute[],
  deployment: Deployment,
  port: number | undefined,
): Entrance | undefined {
  const problems = routes.map((route) => problemOf(route, deployment, port));
  const message = problems.find((problem) => problem !== undefined);
  return message === undefined ? undefined : { reason: 'RouteIncomplete', message };
}

function problemOf(
  { kind, name, route, divisions, incomplete }: UserRoute,
  deployment: Deployment,
  port = 80,
): string | undefined {
  const { stable, next } = pairOf(deployment);
  const lines = `backendRefs: [{name: ${stable}, port: ${port}, weight: 100}, {name: ${next}, port: ${port}, weight: 0}]`;
  if (route === undefined) return `${kind} ${name} is not there: make it with a rule with ${lines}`;
  const [rule] = incomplete;
  if (rule !== undefined) return `${kind} ${name} has to name both Services, each once, in rules[${rule}]: ${lines}`;
  return divisions.length > 0
    ? undefined
    : `no rule of ${kind} ${name} leads to this Deployment; give it one with ${lines}`;
}

/** Somebody was quicker, or the route is another by now: the event that shows it leads here again. */
export function isOutdated(error: unknown): boolean {
  return isKubeError(error, 'Conflict') || isKubeError(error, 'Invalid') || isKubeError(error, 'NotFound');
}
