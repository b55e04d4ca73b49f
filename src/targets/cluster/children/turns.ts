import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Resource } from '../../../kube/index.ts';
import type { Leading } from '../traffic/traffic.ts';
import type { Child } from './child.ts';
import { routeKinds } from './route.ts';
import { previewName } from './service.ts';

/** What is written together; the first ones first. */
export interface Turns {
  readonly services: readonly Child[];
  readonly routes: readonly Child[];
  /**
   * Not in the look that leads the Service elsewhere: a node writes its rules once a second, and of two changes that come
   * together the second one waits. That must not be the one that takes users away from a bad release.
   */
  readonly previews: readonly Child[];
  readonly unwanted: readonly Child[];
}

const routeResources: readonly Resource[] = Object.values(routeKinds);

export function inTurn(children: readonly Child[], deployment: Deployment, { pair }: Leading): Turns {
  const wanted = children.filter((child) => child.wanted !== undefined);
  const isRoute = ({ resource }: Child) => routeResources.includes(resource);
  // Behind a route of the user the preview bears traffic itself.
  const isPreview = ({ wanted: it }: Child) => pair === undefined && it?.metadata.name === previewName(deployment);
  return {
    services: wanted.filter((child) => !isRoute(child) && !isPreview(child)),
    routes: wanted.filter(isRoute),
    previews: wanted.filter(isPreview),
    unwanted: children.filter((child) => child.wanted === undefined),
  };
}
