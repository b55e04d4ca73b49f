import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { keyOf } from '../../../kube/index.ts';
import { services } from '../../../objects/core.ts';
import type { Release } from '../../../rollout/release.ts';
import { type Entrance, type Intent, type Scope, TargetError } from '../../target.ts';
import { routeKindOf, routeKinds } from '../children/route.ts';
import type { Routes } from '../children/routes.ts';
import type { ClusterInformers } from '../informers.ts';
import type { OwnWrites } from '../traffic/own-writes.ts';
import type { Settling } from '../traffic/settling.ts';
import type { Leading, Traffic } from '../traffic/traffic.ts';
import { notAccepted } from './accepted.ts';
import type { Divider } from './divider.ts';
import { incompleteIn, type UserRoute, userRoutesOf } from './user-routes.ts';

interface WaysOptions {
  readonly routes: Routes;
  readonly divider: Divider;
  readonly informers: ClusterInformers;
  readonly settling: Settling;
  readonly ownWrites: Pick<OwnWrites, 'newest'>;
}

const none: ReadonlyMap<string, undefined> = new Map();

/** How requests come in: by a route that the operator makes, by routes of the user, or by the Service alone. */
export class Ways {
  private readonly options: WaysOptions;

  constructor(options: WaysOptions) {
    this.options = options;
  }

  /** Everything that is asked for below is known after this. */
  async open(deployment: Deployment, signal: AbortSignal): Promise<void> {
    await this.options.routes.informers(deployment, signal);
  }

  /** What leads traffic now. */
  leadingOf(deployment: Deployment, releases: readonly Release[]): Leading {
    const { routes, divider, informers, ownWrites } = this.options;
    const kind = routeKindOf(deployment);
    const key = keyOf(deployment);
    const users = this.usersOf(deployment);
    const { store } = informers.services;
    return {
      route: kind && ownWrites.newest(routeKinds[kind], key, routes.observed(kind, key)),
      service: ownWrites.newest(services, key, store.get(key)),
      unseen: kind === undefined ? none : this.unseenOf(deployment, releases),
      pair: users.length === 0 ? undefined : divider.stateOf(deployment, users, (each) => store.get(each)),
    };
  }

  /** To be called before the Services are written. */
  note(deployment: Deployment, traffic: Traffic | undefined, { pair }: Leading): void {
    if (traffic !== undefined && pair !== undefined) this.options.divider.noteLeads(deployment, traffic, pair);
  }

  /** To be called after the Services are written. Says in how many milliseconds there is more to do. */
  async divide(traffic: Traffic | undefined, scope: Scope, { unseen = none }: Leading): Promise<number | undefined> {
    const waitMs = await this.options.divider.write(this.usersOf(scope.deployment), traffic?.share ?? 0, scope);
    const waits = [waitMs, ...unseen.values()].filter((ms) => ms !== undefined);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Why traffic cannot be moved; then nothing is moved, and what serves goes on. */
  obstacleOf(deployment: Deployment, { release, strategy }: Intent): TargetError | undefined {
    const moves = strategy.type === 'BlueGreen' || strategy.type === 'Canary';
    const problem = moves ? incompleteIn(this.usersOf(deployment), deployment, release.workload.port) : undefined;
    return problem && new TargetError(problem.reason, problem.message);
  }

  /** What keeps requests from coming in as they should. */
  entranceOf(deployment: Deployment, intent: Intent): Entrance | undefined {
    const obstacle = this.obstacleOf(deployment, intent);
    if (obstacle !== undefined) return { reason: obstacle.reason, message: obstacle.message };
    const users = this.usersOf(deployment);
    return this.options.divider.fightIn(users, deployment) ?? this.unaccepted(deployment, intent, users);
  }

  /** What a route leads to already may stay, however new it is. */
  private unseenOf(deployment: Deployment, releases: readonly Release[]): ReadonlyMap<string, number | undefined> {
    const { routes, settling, informers } = this.options;
    const { namespace = '' } = deployment.metadata;
    const waits = releases.map(({ name }): [string, number | undefined] => {
      const service = informers.services.store.get(keyOf({ metadata: { namespace, name } }));
      const isLed = service !== undefined && routes.leadTo({ namespace, name });
      return [name, isLed ? 0 : service && settling.waitMs(service, deployment)];
    });
    return new Map(waits.filter(([, ms]) => ms !== 0));
  }

  private unaccepted(deployment: Deployment, { release }: Intent, users: readonly UserRoute[]): Entrance | undefined {
    const kind = routeKindOf(deployment);
    if (kind !== undefined && release.workload.port !== undefined) {
      const route = this.options.routes.observed(kind, keyOf(deployment));
      const message = `${kind} ${deployment.metadata.name} is not there yet.`;
      return route === undefined ? { reason: 'RouteNotReady', message } : notAccepted(kind, route);
    }
    const found = users.map(({ kind: ofUser, route }) => route && notAccepted(ofUser, route));
    return found.find((entrance) => entrance !== undefined);
  }

  private usersOf(deployment: Deployment): UserRoute[] {
    return userRoutesOf(deployment, (kind, key) => this.options.routes.observed(kind, key));
  }
}
