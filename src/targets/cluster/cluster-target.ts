import { z } from 'zod';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { Applier, type Client, type Informers, keyOf, Lru, type Resource } from '../../kube/index.ts';
import type { Sizes } from '../../rollout/rolling/rolling.ts';
import type { ShiftInput } from '../../rollout/shift/shift.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Intent, Observation, RenderInput, Scope, Step, Target } from '../target.ts';
import { type Child, foreign, refuseForeign } from './children/child.ts';
import { childrenOf } from './children/children.ts';
import { routeKindOf, routeKinds } from './children/route.ts';
import { Routes } from './children/routes.ts';
import { diagnose } from './diagnosis/diagnosis.ts';
import { type ClusterInformers, clusterInformers, haveSynced } from './informers.ts';
import { observationOf } from './observe.ts';
import { refusedTemplate, trialOf } from './prepare.ts';
import { capabilities, refuseUnsupported } from './refuse.ts';
import { renderTemplate } from './render/template.ts';
import { type Rendered, replicaSetFor } from './replica-set.ts';
import { deploymentSelector, releaseSelector } from './selectors.ts';
import { settingsOf } from './settings.ts';
import { sizesFor } from './sizes.ts';
import { leadingRelease } from './traffic/listens.ts';
import { shiftInputOf, trafficOf } from './traffic/traffic.ts';
import { type ReleaseView, replicasOf, sizedForOf, type View, viewOf } from './view.ts';
import { type WriteObserver, Writes } from './writes.ts';

export interface ClusterTargetOptions {
  readonly client: Client;
  readonly cache: Informers;
  readonly clock: Clock;
  /** One stable name per controller. */
  readonly fieldManager: string;
  readonly observer: WriteObserver;
  /** Called with the key of each route that changes, as `clusterInformers` shows none; a Deployment may have the same. */
  readonly wake: (key: string) => void;
}

const furthest = z.object({
  rollout: z.string(),
  replicas: z.number(),
  available: z.number(),
  left: z.number(),
});

/** A write that is not seen yet; the event that shows it comes sooner than this. */
const retryAfterMs = 1000;
/** Beyond that, a template is asked for once more. */
const remembered = { maxEntries: 10_000, ttlMs: 24 * 3_600_000 };
const done: Step = { done: true };

/** Runs releases as ReplicaSets in this cluster. Reads only caches; every request that it makes changes something. */
export function createClusterTarget(options: ClusterTargetOptions): Target {
  return new ClusterTarget(options);
}

class ClusterTarget implements Target {
  readonly capabilities = capabilities;
  private readonly informers: ClusterInformers;
  private readonly routes: Routes;
  private readonly writes: Writes;
  private readonly clock: Clock;
  /** Releases whose template was accepted. Lost with the process, and then it is asked once more. */
  private readonly accepted: Lru<true>;

  constructor({ client, cache, clock, fieldManager, observer, wake }: ClusterTargetOptions) {
    this.clock = clock;
    this.informers = clusterInformers(cache);
    this.routes = new Routes({ client, cache, wake });
    this.writes = new Writes({ client, applier: new Applier({ client, clock, fieldManager }), observer });
    this.accepted = new Lru({ clock, ...remembered });
  }

  render(input: RenderInput): Rendered {
    return { template: renderTemplate(input) };
  }

  async prepare(scope: Scope, intent: Intent): Promise<Step> {
    const { deployment } = scope;
    const { release } = intent;
    refuseUnsupported(deployment);
    if (!haveSynced(this.informers)) return { done: false, retryAfterMs };
    const { next } = viewOf(this.informers, deployment, intent);
    refuseTaken(next);
    if (next.set !== undefined || this.accepted.get(release.uid) === true) return done;
    await this.writes.tryOut(trialOf(deployment, release), scope).catch((error: unknown) => {
      throw refusedTemplate(error);
    });
    this.accepted.set(release.uid, true);
    return done;
  }

  async advance(scope: Scope, intent: Intent): Promise<Step> {
    const { deployment, signal } = scope;
    refuseUnsupported(deployment);
    if (!haveSynced(this.informers)) return { done: false, retryAfterMs };
    const view = viewOf(this.informers, deployment, intent);
    refuseTaken(view.next);
    const release = leadingRelease(view, intent);
    // Opened first: it also tells what the route leads to.
    await this.routes.informers(deployment, signal);
    const shift = this.shiftOf(deployment, view, intent);
    const traffic = shift && trafficOf(view, shift);
    const releases = [view.next, ...view.others].map((side) => side.release);
    const wanted = { deployment, release, releases, replicas: intent.replicas, traffic, signal };
    const children = await childrenOf(this.informers, this.routes, wanted);
    refuseForeign(deployment, children);
    await this.keep(children, scope);
    await this.resize(view, scope, { intent, sizes: sizesFor(view, intent, shift) });
    return { done: observationOf(view, intent, { shift }).outcome === 'Succeeded' };
  }

  async observe({ deployment, memory }: Scope, intent: Intent): Promise<Observation> {
    if (!haveSynced(this.informers)) return unknown;
    const view = viewOf(this.informers, deployment, intent);
    const shift = this.shiftOf(deployment, view, intent);
    const diagnosis = diagnose(view.next, this.clock.now());
    const observation = observationOf(view, intent, { diagnosis, shift, memory: furthest.safeParse(memory).data });
    const url = urlOf(deployment, intent);
    const main = shift && trafficOf(view, shift).main;
    const selected = main === undefined ? deploymentSelector(deployment) : releaseSelector(deployment, main.name);
    const selector = Object.entries(selected).map(([label, value]) => `${label}=${value}`);
    return Promise.resolve({ ...observation, selector: selector.join(','), ...(url === undefined ? {} : { url }) });
  }

  private shiftOf(deployment: Deployment, view: View, intent: Intent): ShiftInput | undefined {
    const kind = routeKindOf(deployment);
    const route = kind && this.routes.observed(kind, keyOf(deployment));
    return shiftInputOf(
      { view, intent, deployment },
      { route, service: this.informers.services.store.get(keyOf(deployment)) },
    );
  }

  /** What something leads to is there before it, and goes after it. */
  private async keep(children: readonly Child[], scope: Scope): Promise<void> {
    const routeResources: readonly Resource[] = Object.values(routeKinds);
    const isRoute = ({ resource }: Child) => routeResources.includes(resource);
    const [wanted, unwanted] = [children.filter(isWanted), children.filter((child) => !isWanted(child))];
    for (const group of [wanted.filter((child) => !isRoute(child)), wanted.filter(isRoute), unwanted]) {
      await Promise.all(group.map((child) => this.writes.keep(child, scope)));
    }
  }

  /** The release's revision owns its ReplicaSet, and takes it along. */
  forget(): Promise<Step> {
    return Promise.resolve(done);
  }

  /** Everything is owned by the Deployment or by its releases. */
  remove(): Promise<Step> {
    return Promise.resolve(done);
  }

  /** Smaller ones first: the total stays within its limit also when the next request fails. */
  private async resize(view: View, scope: Scope, { intent, sizes }: { intent: Intent; sizes: Sizes }): Promise<void> {
    const changes = [view.next, ...view.others]
      .filter(({ taken }) => taken === undefined)
      .map((side) => ({ side, replicas: sizes.get(side.release.number) ?? replicasOf(side) }))
      .toSorted((a, b) => a.replicas - replicasOf(a.side) - (b.replicas - replicasOf(b.side)));
    for (const { side, replicas } of changes) await this.resizeSide(side, replicas, scope, intent);
  }

  private async resizeSide(side: ReleaseView, replicas: number, scope: Scope, intent: Intent): Promise<void> {
    const { minReadySeconds } = intent.strategy;
    const size = { replicas, minReadySeconds, sizedFor: intent.replicas };
    const { release, set } = side;
    if (set === undefined) {
      if (replicas === 0) return;
      return this.writes.create(replicaSetFor(scope.deployment, release, size), release, scope);
    }
    const same = replicasOf(side) === replicas;
    const noted = sizedForOf(side) === intent.replicas && (set.spec?.minReadySeconds ?? 0) === minReadySeconds;
    if (same && (noted || replicas === 0)) return;
    await this.writes.resize(set, size, scope);
  }
}

const unknown: Observation = {
  outcome: 'Unknown',
  message: 'what runs in the cluster is not read yet',
  sides: [],
  progress: '',
  available: false,
};

function isWanted({ wanted }: Child): boolean {
  return wanted !== undefined;
}

function refuseTaken({ release, taken }: ReleaseView): void {
  if (taken !== undefined) throw foreign(`ReplicaSet ${release.name}`, taken);
}

/** The first name of the route, or the Service where there is none. */
function urlOf(deployment: Deployment, { release }: Intent): string | undefined {
  const { port } = release.workload;
  if (port === undefined) return undefined;
  const [hostname] = settingsOf(deployment).gateway?.hostnames ?? [];
  if (hostname !== undefined) return `http://${hostname}`;
  const { name, namespace = '' } = deployment.metadata;
  return `http://${name}.${namespace}.svc${port === 80 ? '' : `:${port}`}`;
}
