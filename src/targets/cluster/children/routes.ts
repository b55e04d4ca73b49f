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
import { TargetError } from '../../target.ts';
import { type RouteKind, routeKindOf, routeKinds } from './route.ts';

export interface RoutesOptions {
  readonly client: Pick<Client, 'list'>;
  readonly cache: Informers;
  /** Called with the key of each route that changes: its Deployment has the same, if there is one. */
  readonly wake: (key: string) => void;
}

interface Question {
  readonly namespace?: string;
  readonly signal: AbortSignal;
}

const kinds = Object.keys(routeKinds) as RouteKind[];

/**
 * Informers of the routes that the cluster has. They are opened after a question, because an informer of a kind that is
 * not there would never be filled, and the operator never ready; and also where no Deployment wants a route, because one
 * that is not wanted any more still leads to the app.
 */
export class Routes {
  private readonly options: RoutesOptions;
  private readonly opened = new Map<RouteKind, Informer<KubeObject>>();
  private asked: Promise<unknown> | undefined;

  constructor(options: RoutesOptions) {
    this.options = options;
  }

  /** Filled, and with the kind that this Deployment wants among them. */
  async informers(deployment: Deployment, signal: AbortSignal): Promise<ReadonlyMap<RouteKind, Informer<KubeObject>>> {
    const wanted = routeKindOf(deployment);
    // There the operator has its rights also where it has none in other namespaces.
    const { namespace } = deployment.metadata;
    const question = { ...(namespace !== undefined && { namespace }), signal };
    await this.askOnce(question);
    if (wanted !== undefined && !this.opened.has(wanted)) await this.openWanted(wanted, question);
    await Promise.all([...this.opened.values()].map((informer) => informer.waitForSync(signal)));
    return this.opened;
  }

  /** As it is known by now. */
  observed(kind: RouteKind, key: string): Stored<KubeObject> | undefined {
    return this.opened.get(kind)?.store.get(key);
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
    const informer = this.options.cache.metadataInformer(routeKinds[kind]);
    const wake = (route: KubeObject) => this.options.wake(keyOf(route));
    informer.addHandler({ onAdd: wake, onUpdate: (_old, route) => wake(route), onDelete: wake });
    this.opened.set(kind, informer);
  }
}
