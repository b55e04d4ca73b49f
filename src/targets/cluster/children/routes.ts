import {
  type Client,
  type Informer,
  type InformerCache,
  isKubeError,
  type KubeObject,
  keyOf,
  type Stored,
} from '../../../kube/index.ts';
import { TargetError } from '../../target.ts';
import { type RouteKind, routeKinds } from './route.ts';

export interface RoutesOptions {
  readonly client: Pick<Client, 'list'>;
  readonly cache: InformerCache;
  /** Called with the key of each route that changes: its Deployment has the same, if there is one. */
  readonly wake: (key: string) => void;
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

  /** Filled, and with `wanted` among them. */
  async informers(
    wanted: RouteKind | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<RouteKind, Informer<KubeObject>>> {
    await this.askOnce(signal);
    if (wanted !== undefined && !this.opened.has(wanted)) await this.openWanted(wanted, signal);
    await Promise.all([...this.opened.values()].map((informer) => informer.waitForSync(signal)));
    return this.opened;
  }

  /** As it is known by now. */
  observed(kind: RouteKind, key: string): Stored<KubeObject> | undefined {
    return this.opened.get(kind)?.store.get(key);
  }

  private async askOnce(signal: AbortSignal): Promise<void> {
    this.asked ??= Promise.all(kinds.map((kind) => this.openKnown(kind, signal)));
    try {
      await this.asked;
    } catch (error) {
      this.asked = undefined;
      throw error;
    }
  }

  private async openKnown(kind: RouteKind, signal: AbortSignal): Promise<void> {
    try {
      await this.open(kind, signal);
    } catch (error) {
      if (!isKubeError(error, 'Unsupported')) throw error;
    }
  }

  /** The Gateway API may have been installed since. */
  private async openWanted(kind: RouteKind, signal: AbortSignal): Promise<void> {
    try {
      await this.open(kind, signal);
    } catch (error) {
      if (!isKubeError(error, 'Unsupported')) throw error;
      const message = `the cluster has no ${kind}: install the Gateway API, or remove target.cluster.gateway`;
      throw new TargetError('Unsupported', message, { cause: error });
    }
  }

  private async open(kind: RouteKind, signal: AbortSignal): Promise<void> {
    await this.options.client.list(routeKinds[kind], { limit: 1, signal });
    if (this.opened.has(kind)) return;
    const informer = this.options.cache.metadataInformer(routeKinds[kind]);
    const wake = (route: KubeObject) => this.options.wake(keyOf(route));
    informer.addHandler({ onAdd: wake, onUpdate: (_old, route) => wake(route), onDelete: wake });
    this.opened.set(kind, informer);
  }
}
