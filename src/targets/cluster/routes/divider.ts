import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { type Client, keyOf, Lru, type Stored } from '../../../kube/index.ts';
import type { Clock } from '../../../seams/clock.ts';
import type { Entrance, Scope } from '../../target.ts';
import { routeKinds } from '../children/route.ts';
import { settingsOf } from '../settings.ts';
import type { PairState } from '../traffic/pair.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { leadOf } from '../traffic/weights.ts';
import type { WriteObserver } from '../writes.ts';
import { Corrections } from './corrections.ts';
import { weightPatch } from './patch.ts';
import { isOutdated, pairOf, shareNow, type UserRoute } from './user-routes.ts';

export interface DividerOptions {
  readonly client: Pick<Client, 'patch'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly observer: WriteObserver;
}

type ServiceOf = (key: string) => KubeObject | undefined;

interface Lead {
  readonly release: number;
  readonly since: number;
}

const remembered = { maxEntries: 20_000, ttlMs: 3_600_000 };

/** Divides traffic by weights on routes of the user, and by what the two Services lead to that they name. */
export class Divider {
  private readonly options: DividerOptions;
  private readonly corrections: Corrections;
  /** Changes of where a Service leads that were made by this process. */
  private readonly leads: Lru<Lead>;

  constructor(options: DividerOptions) {
    this.options = options;
    this.corrections = new Corrections(options.clock);
    this.leads = new Lru({ clock: options.clock, ...remembered });
  }

  /** How it is divided now. */
  stateOf(deployment: Deployment, routes: readonly UserRoute[], serviceOf: ServiceOf): PairState {
    const { stable, next } = keysOf(deployment);
    const lead = (key: string) => leadOf(serviceOf(key), deployment);
    const isSettled = (key: string) => this.unsettledMs(deployment, key, lead(key)) === 0;
    return {
      stable: lead(stable),
      next: lead(next),
      share: shareNow(routes),
      settled: { stable: isSettled(stable), next: isSettled(next) },
    };
  }

  /** Notes where the Services are about to lead to, for the time that the data plane needs to see it. */
  noteLeads(deployment: Deployment, { service, preview }: Traffic, state: PairState): void {
    const { stable, next } = keysOf(deployment);
    const since = this.options.clock.monotonic();
    if (service !== undefined && service.number !== state.stable) {
      this.leads.set(stable, { release: service.number, since });
    }
    if (preview.number !== state.next) this.leads.set(next, { release: preview.number, since });
  }

  /** Writes `share` where it is not, and says in how many milliseconds there is more to do. */
  async write(routes: readonly UserRoute[], share: number, scope: Scope): Promise<number | undefined> {
    const waits = await Promise.all(routes.map((route) => this.writeOne(route, share, scope)));
    const { stable, next } = keysOf(scope.deployment);
    const settling = [stable, next].map((key) => this.unsettledMs(scope.deployment, key, this.leads.get(key)?.release));
    const due = [...waits, ...settling].filter((ms) => ms > 0);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Who keeps setting weights back, where somebody does. */
  fightIn(routes: readonly UserRoute[], deployment: Deployment): Entrance | undefined {
    const route = routes.find((each) => this.corrections.isFight(idOf(each, deployment)));
    if (route === undefined) return undefined;
    const message = `somebody sets the weights of ${route.kind} ${route.name} back again and again: have your GitOps tool leave the weights in spec.rules alone, as docs/how-to/gateway.md shows`;
    return { reason: 'ForeignOwner', message };
  }

  private async writeOne(user: UserRoute, share: number, scope: Scope): Promise<number> {
    const { kind, route, divisions } = user;
    const { deployment, signal } = scope;
    const patch = route && weightPatch(route, divisions, share);
    if (patch === undefined) return 0;
    const id = idOf(user, deployment);
    const waitMs = this.corrections.waitMs(id, share);
    if (waitMs > 0) return waitMs;
    this.corrections.note(id, share);
    const resource = routeKinds[kind];
    const { namespace = '', name } = (route as Stored<KubeObject>).metadata;
    try {
      const patched = await this.options.client.patch(resource, { namespace, name }, patch, { type: 'json', signal });
      this.options.observer.wrote(deployment, resource, patched);
      return 0;
    } catch (error) {
      if (isOutdated(error)) return outdatedMs;
      throw error;
    }
  }

  private unsettledMs(deployment: Deployment, key: string, lead: number | undefined): number {
    const changed = this.leads.get(key);
    if (changed === undefined) return 0;
    const wholeMs = settingsOf(deployment).drainSeconds * 1000;
    // The write is not seen yet.
    if (changed.release !== lead) return Math.max(1, wholeMs);
    return Math.max(0, changed.since + wholeMs - this.options.clock.monotonic());
  }
}

/** The event that shows what somebody else wrote comes sooner. */
const outdatedMs = 1000;

function keysOf(deployment: Deployment): { stable: string; next: string } {
  const { namespace = '' } = deployment.metadata;
  const { stable, next } = pairOf(deployment);
  return {
    stable: keyOf({ metadata: { namespace, name: stable } }),
    next: keyOf({ metadata: { namespace, name: next } }),
  };
}

function idOf({ kind, name }: UserRoute, { metadata: { uid = '' } }: Deployment): string {
  return `${uid} ${kind} ${name}`;
}
