import { z } from 'zod';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { Applier, type Client, type Informers, Lru } from '../../kube/index.ts';
import type { Sizes } from '../../rollout/rolling/rolling.ts';
import type { ShiftInput } from '../../rollout/shift/shift.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Commands } from '../commands.ts';
import type { Intent, Observation, RenderInput, Scope, Step, Target } from '../target.ts';
import { ClusterAdoption } from './adoption/adoption.ts';
import { type Child, foreign, refuseForeign } from './children/child.ts';
import { childrenOf } from './children/children.ts';
import { Routes } from './children/routes.ts';
import { inTurn } from './children/turns.ts';
import { createCommands } from './commands/commands.ts';
import { commandInformers } from './commands/informers.ts';
import { scheduleInformer } from './commands/schedules.ts';
import { diagnose } from './diagnosis/diagnosis.ts';
import { ClusterHandOver } from './hand-over/hand-over.ts';
import { type ClusterInformers, clusterInformers, haveSynced } from './informers.ts';
import { observationOf } from './observe.ts';
import { refusedTemplate, trialOf } from './prepare.ts';
import { capabilities, refuseUnsupported } from './refuse.ts';
import { renderTemplate } from './render/template.ts';
import { type Rendered, replicaSetFor } from './replica-set.ts';
import { Divider } from './routes/divider.ts';
import { Mirrors } from './routes/mirrors.ts';
import { routeRefsOf } from './routes/user-routes.ts';
import { Ways } from './routes/ways.ts';
import { deploymentSelector, releaseSelector } from './selectors.ts';
import { sizesFor } from './sizes.ts';
import { leadingRelease } from './traffic/listens.ts';
import { OwnWrites } from './traffic/own-writes.ts';
import { Settling } from './traffic/settling.ts';
import { shiftInputOf, trafficOf } from './traffic/traffic.ts';
import { urlOf } from './url.ts';
import { type ReleaseView, releasesOf, replicasOf, sizedForOf, type View, viewOf } from './view.ts';
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
/** Time for a node to begin with what moves the traffic. */
const previewAfterMs = 100;
/** Beyond that, a template is asked for once more. */
const remembered = { maxEntries: 10_000, ttlMs: 24 * 3_600_000 };
const done: Step = { done: true };

type Led = Pick<ReturnType<ClusterTarget['lookOf']>, 'traffic' | 'leading'>;

/** Runs releases as ReplicaSets in this cluster. Reads only caches; every request that it makes changes something. */
export function createClusterTarget(options: ClusterTargetOptions): Target {
  return new ClusterTarget(options);
}

class ClusterTarget implements Target {
  readonly capabilities = capabilities;
  readonly adoption: ClusterAdoption;
  readonly handOver: ClusterHandOver;
  readonly commands: Commands;
  private readonly informers: ClusterInformers;
  private readonly routes: Routes;
  private readonly ways: Ways;
  private readonly mirrors: Mirrors;
  private readonly writes: Writes;
  private readonly clock: Clock;
  /** Releases whose template was accepted. Lost with the process, and then it is asked once more. */
  private readonly accepted: Lru<true>;

  constructor({ client, cache, clock, fieldManager, observer, wake }: ClusterTargetOptions) {
    this.clock = clock;
    this.informers = clusterInformers(cache);
    this.routes = new Routes({ client, cache, wake });
    const divider = new Divider({ client, clock, observer });
    const ownWrites = new OwnWrites(clock);
    const { informers, routes } = this;
    this.ways = new Ways({ routes, divider, informers, settling: new Settling(clock), ownWrites });
    this.adoption = new ClusterAdoption({ client, clock, observer });
    this.handOver = new ClusterHandOver({ client, observer });
    this.mirrors = new Mirrors({ client, clock });
    this.writes = new Writes({ client, applier: new Applier({ client, clock, fieldManager }), observer, ownWrites });
    const schedules = { informer: scheduleInformer(cache), writes: this.writes };
    this.commands = createCommands({ client, clock, informers: commandInformers(cache), schedules });
    this.accepted = new Lru({ clock, ...remembered });
  }

  render(input: RenderInput): Rendered {
    return { template: renderTemplate(input) };
  }

  async prepare(scope: Scope, intent: Intent): Promise<Step> {
    const { deployment, signal } = scope;
    const { release } = intent;
    refuseUnsupported(deployment);
    if (!haveSynced(this.informers)) return { done: false, retryAfterMs };
    const { next } = viewOf(this.informers, deployment, intent);
    refuseTaken(next);
    await this.refuseUnreachable(scope, intent);
    await this.mirrors.refuse(deployment, signal);
    if (next.set !== undefined || this.accepted.get(release.uid) === true) return done;
    await this.writes.tryOut(trialOf(deployment, release), scope).catch((error: unknown) => {
      throw refusedTemplate(error);
    });
    this.accepted.set(release.uid, true);
    return done;
  }

  async advance(scope: Scope, asked: Intent): Promise<Step> {
    const { deployment, signal } = scope;
    refuseUnsupported(deployment);
    if (!haveSynced(this.informers)) return { done: false, retryAfterMs };
    // Opened first: it also tells what the route leads to.
    await this.ways.open(deployment, signal);
    const obstacle = this.ways.obstacleOf(deployment, asked) ?? (await this.mirrors.obstacleOf(deployment, signal));
    const intent = obstacle === undefined ? asked : { ...asked, paused: true };
    const view = viewOf(this.informers, deployment, intent);
    refuseTaken(view.next);
    const waitMs = await this.lead(view, intent, scope);
    if (obstacle !== undefined) throw obstacle;
    const { outcome } = observationOf(view, intent, { shift: this.lookOf(deployment, view, intent).shift });
    return { done: outcome === 'Succeeded' && waitMs === undefined, ...(waitMs && { retryAfterMs: waitMs }) };
  }

  /** Everything beside the replicas, the traffic, and the replicas. Says in how many milliseconds there is more to do. */
  private async lead(view: View, intent: Intent, scope: Scope): Promise<number | undefined> {
    const { deployment, signal } = scope;
    const release = leadingRelease(view, intent);
    const { shift, traffic, leading } = this.lookOf(deployment, view, intent);
    const size = { releases: releasesOf(view), replicas: intent.replicas };
    const wanted = { deployment, release, ...size, traffic, unseen: leading.unseen, signal };
    const children = await childrenOf(this.informers, this.routes, wanted);
    refuseForeign(deployment, children);
    this.ways.note(deployment, traffic, leading);
    const waitMs = await this.keep(children, scope, { traffic, leading });
    await this.resize(view, scope, { intent, sizes: sizesFor(view, intent, shift) });
    return waitMs;
  }

  private async refuseUnreachable({ deployment, signal }: Scope, intent: Intent): Promise<void> {
    if (routeRefsOf(deployment).length === 0) return;
    await this.ways.open(deployment, signal);
    const obstacle = this.ways.obstacleOf(deployment, intent);
    if (obstacle !== undefined) throw obstacle;
  }

  async observe({ deployment, memory }: Scope, intent: Intent): Promise<Observation> {
    if (!haveSynced(this.informers)) return unknown;
    const view = viewOf(this.informers, deployment, intent);
    const { shift, traffic } = this.lookOf(deployment, view, intent);
    const diagnosis = diagnose(view.next, this.clock.now());
    const observation = observationOf(view, intent, { diagnosis, shift, memory: furthest.safeParse(memory).data });
    const url = urlOf(deployment, intent);
    const main = traffic?.main;
    const selected = main === undefined ? deploymentSelector(deployment) : releaseSelector(deployment, main.name);
    const selector = Object.entries(selected).map(([label, value]) => `${label}=${value}`);
    const entrance = this.ways.entranceOf(deployment, intent);
    const told = { selector: selector.join(','), ...(url && { url }), ...(entrance && { entrance }) };
    return Promise.resolve({ ...observation, ...told });
  }

  /** Where traffic is led to now, and where it is to be led next. */
  private lookOf(deployment: Deployment, view: View, intent: Intent) {
    const leading = this.ways.leadingOf(deployment, releasesOf(view));
    const shift: ShiftInput | undefined = shiftInputOf({ view, intent, deployment }, leading);
    return { leading, shift, traffic: shift && trafficOf(view, shift, { stage: intent.stage, pair: leading.pair }) };
  }

  /** What something leads to is there before it, and goes after it. */
  private async keep(children: readonly Child[], scope: Scope, { traffic, leading }: Led) {
    const { services, routes, previews, unwanted } = inTurn(children, scope.deployment, leading);
    const keepAll = (group: readonly Child[]) => Promise.all(group.map((child) => this.writes.keep(child, scope)));
    const isMoved = (await keepAll(services)).includes(true);
    await keepAll(routes);
    const waitMs = await this.ways.divide(traffic, scope, leading);
    if (!isMoved) await keepAll(previews);
    await keepAll(unwanted);
    return isMoved && previews.length > 0 ? Math.min(previewAfterMs, waitMs ?? previewAfterMs) : waitMs;
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

function refuseTaken({ release, taken }: ReleaseView): void {
  if (taken !== undefined) throw foreign(`ReplicaSet ${release.name}`, taken);
}
