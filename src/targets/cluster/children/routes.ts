import type { Deployment } from '../../../crds/deployment/deployment.ts';
import {
  type Client,
  type Informer,
  type Informers,
  isKubeError,
  type KubeObject,
  keyOf,
  type Stored,
} from '../../../kube/index.ts';
import type { Route } from '../../../objects/routes.ts';
import { deployments } from '../../../objects/vish.ts';
import { TargetError } from '../../target.ts';
import { type RouteKind, routeKinds, routeKindsOf } from './route.ts';

export interface RoutesOptions {
  readonly client: Pick<Client, 'list'>;
  readonly cache: Informers;
  /** Called with the keys of Deployments that a changed route may be about: of its own name, and those that name it. */
  readonly wake: (key: string) => void;
}

interface Question {
  readonly namespace?: string;
  readonly signal: AbortSignal;
}

const kinds = Object.keys(routeKinds) as RouteKind[];
const byRoute = 'vish-route';

/**
 * Informers of the routes that the cluster has. They are opened after a question, because an informer of a kind that is
 * not there would never be filled, and the operator never ready; and also where no Deployment wants a route, because one
 * that is not wanted any more still leads to the app.
 */
export class Routes {
  private readonly options: RoutesOptions;
  private readonly opened = new Map<RouteKind, Informer<Route>>();
  private readonly deployments: Informer<Deployment>;
  private asked: Promise<unknown> | undefined;

  constructor(options: RoutesOptions) {
    this.options = options;
    this.deployments = options.cache.informer(deployments);
    this.deployments.addIndex(byRoute, routeKeys);
  }

  /** Filled, and with the kinds that this Deployment wants among them. */
  async informers(deployment: Deployment, signal: AbortSignal): Promise<ReadonlyMap<RouteKind, Informer<Route>>> {
    // There the operator has its rights also where it has none in other namespaces.
    const { namespace } = deployment.metadata;
    const question = { ...(namespace !== undefined && { namespace }), signal };
    await this.askOnce(question);
    const missing = routeKindsOf(deployment).filter((kind) => !this.opened.has(kind));
    await Promise.all(missing.map((kind) => this.openWanted(kind, question)));
    await Promise.all([...this.opened.values()].map((informer) => informer.waitForSync(signal)));
    return this.opened;
  }

  /** As it is known by now. */
  observed(kind: RouteKind, key: string): Stored<Route> | undefined {
    return this.opened.get(kind)?.store.get(key);
  }

  /** Whether any route, of whomever, gives a share of its requests to a Service. */
  leadTo({ namespace, name }: { namespace: string; name: string }): boolean {
    const isLed = ({ metadata, spec }: Route) =>
      metadata.namespace === namespace &&
      (spec.rules ?? []).some(({ backendRefs = [] }) =>
        backendRefs.some((backend) => backend.name === name && backend.weight !== 0),
      );
    return [...this.opened.values()].some(({ store }) => store.list().some(isLed));
  }

  private async askOnce(question: Question): Promise<void> {
    this.asked ??= Promise.all(kinds.map((kind) => this.openKnown(kind, question)));
    try {
      await this.asked;
    } catch (error) {
      this.asked = undefined;
      throw error;
    }
  }

  private async openKnown(kind: RouteKind, question: Question): Promise<void> {
    try {
      await this.open(kind, question);
    } catch (error) {
      if (!isKubeError(error, 'Unsupported')) throw error;
    }
  }

  /** The Gateway API may have been installed since. */
  private async openWanted(kind: RouteKind, question: Question): Promise<void> {
    try {
      await this.open(kind, question);
    } catch (error) {
      if (!isKubeError(error, 'Unsupported')) throw error;
      const message = `the cluster has no ${kind}: install the Gateway API, or remove target.cluster.gateway`;
      throw new TargetError('Unsupported', message, { cause: error });
    }
  }

  private async open(kind: RouteKind, question: Question): Promise<void> {
    await this.options.client.list(routeKinds[kind], { limit: 1, ...question });
    if (this.opened.has(kind)) return;
    const informer = this.options.cache.informer(routeKinds[kind], { transform: trimRoute });
    const wake = (route: KubeObject) => this.wake(kind, route);
    informer.addHandler({ onAdd: wake, onUpdate: (_old, route) => wake(route), onDelete: wake });
    this.opened.set(kind, informer);
  }

  private wake(kind: RouteKind, route: KubeObject): void {
    const key = keyOf(route);
    const named = this.deployments.store.byIndex(byRoute, routeKey(kind, key)).map(keyOf);
    for (const each of new Set([key, ...named])) this.options.wake(each);
  }
}

function routeKeys({ metadata: { namespace = '' }, spec }: Deployment): string[] {
  const refs = spec.target.cluster?.gateway?.routeRefs ?? [];
  return refs.map(({ kind, name }) => routeKey(kind, keyOf({ metadata: { namespace, name } })));
}

function routeKey(kind: RouteKind, key: string): string {
  return `${kind} ${key}`;
}

/** Matches, filters and time-outs are the larger part, and nobody here reads them. */
function trimRoute(route: Stored<Route>): Stored<Route> {
  for (const rule of route.spec.rules ?? []) {
    for (const field of Object.keys(rule)) if (field !== 'backendRefs') delete (rule as Record<string, unknown>)[field];
  }
  return route;
}
