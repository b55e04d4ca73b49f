import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import type { Release } from '../../../rollout/release.ts';
import type { Weights } from '../../../rollout/shift/gate.ts';
import { type ShiftInput, type ShiftSide, shifted } from '../../../rollout/shift/shift.ts';
import type { Intent, Stage } from '../../target.ts';
import { settingsOf } from '../settings.ts';
import { isCurrent, livePods, type ReleaseView, replicasOf, type View } from '../view.ts';
import { listens } from './listens.ts';
import { type PairPlan, type PairState, pairWeights, planPair } from './pair.ts';
import { evenWeights, weightsOn } from './weights.ts';

/** What leads traffic, as it is known to be: what leads from the gateway counts before what leads inside the cluster. */
export interface Leading {
  readonly route?: KubeObject | undefined;
  readonly service?: KubeObject | undefined;
  /** Where routes of the user divide it. */
  readonly pair?: PairState | undefined;
  /** Names of releases to whose Services our own route cannot lead yet, with the milliseconds until it can where that is known. */
  readonly unseen?: ReadonlyMap<string, number | undefined>;
}

/** For strategies that move traffic by itself: what the pure part is asked. Undefined where it goes with the replicas. */
export function shiftInputOf(
  { view, intent, deployment }: { view: View; intent: Intent; deployment: Deployment },
  leading: Leading,
): ShiftInput | undefined {
  const { replicas: desired, from, warm, goingBack = false, hasServed, paused } = intent;
  const splits = settingsOf(deployment).gateway !== undefined;
  const isEnding = isLedAlone(leading, deployment, intent) && view.others.some((each) => livePods(each).length > 0);
  const stage = isEnding ? { weight: 100, replicas: desired } : movedStage(intent, splits);
  if (stage === undefined) return undefined;
  const views = [view.next, ...view.others];
  const home = goingBack ? intent.release : (from ?? intent.release);
  const weights = inherited(knownWeights(leading, deployment, home), views, home);
  const sides = views.map((each) => sideOf(each, weights, leading));
  const named = (release: Release | undefined) => sides.find((side) => side.release === release?.number);
  const [next, ...others] = sides as [ShiftSide, ...ShiftSide[]];
  const [came, kept] = [named(from), named(warm?.release)];
  return {
    desired,
    stage,
    goingBack,
    hasServed,
    paused,
    splits,
    next,
    from: came,
    warm: kept && { side: kept, replicas: warm?.replicas ?? 0 },
    others: others.filter((side) => side !== came && side !== kept),
  };
}

/**
 * Nothing is on its way, and all traffic is led to the one that serves: as long as there is something of another one, such
 * as what was kept warm until now, a Service to all replicas would lead to that as well.
 */
function isLedAlone({ route, service }: Leading, deployment: Deployment, { release, from }: Intent): boolean {
  const known = weightsOn(route, deployment) ?? weightsOn(service, deployment);
  return from === undefined && listens(release) && known?.get(release.number) === 100;
}

/** To a release that listens nowhere no traffic can be led; there its replicas come and the others go. */
function movedStage({ stage, strategy, release }: Intent, splits: boolean): Intent['stage'] {
  return (strategy.type === 'Canary' && !splits) || !listens(release) ? undefined : stage;
}

/** As long as nothing leads to anybody, because there is nothing yet or who serves listens nowhere, nothing is divided. */
function knownWeights({ route, service, pair }: Leading, deployment: Deployment, home: Release): Weights | undefined {
  if (pair !== undefined) return pairWeights(pair, home.number);
  if (route === undefined && service === undefined) return new Map([[home.number, 100]]);
  return weightsOn(route, deployment) ?? weightsOn(service, deployment);
}

/** Nobody says who has the traffic: it is the Service to all replicas. What a forgotten release had goes to `home`. */
function inherited(known: Weights | undefined, views: readonly ReleaseView[], home: Release): Weights {
  if (known === undefined) {
    const sides = views.map(({ release, set }) => ({
      release: release.number,
      ready: set?.status?.readyReplicas ?? 0,
    }));
    return evenWeights(sides, home.number);
  }
  const weights = new Map(views.map(({ release: { number } }) => [number, known.get(number) ?? 0]));
  const lost = 100 - [...weights.values()].reduce((total, weight) => total + weight, 0);
  return weights.set(home.number, (weights.get(home.number) ?? 0) + lost);
}

function sideOf(view: ReleaseView, weights: Weights, { unseen }: Leading): ShiftSide {
  const { number: release, name } = view.release;
  const { replicas: existing = 0, readyReplicas = 0, availableReplicas = 0 } = view.set?.status ?? {};
  const replicas = replicasOf(view);
  // A side that was just made smaller still reports replicas that are about to go; one without a port serves nobody.
  const most = listens(view.release) ? replicas : 0;
  const ready = Math.min(readyReplicas, most);
  // A count from before the last change may be of replicas that are gone: enough to keep traffic, not to gain any.
  const available = isCurrent(view) ? Math.min(availableReplicas, most) : 0;
  const isUnseen = unseen?.has(name) === true;
  return { release, replicas, existing, ready, available, weight: weights.get(release) ?? 0, isUnseen };
}

/** Where traffic is led to. */
export interface Traffic {
  readonly weights: Weights;
  /** Releases with a share, each with its own Service behind a gateway. */
  readonly backends: readonly { readonly release: Release; readonly weight: number }[];
  /** Has most of it, and of two equal ones has served before; undefined while a Service to all replicas divides it. */
  readonly main: Release | undefined;
  /** What the Service of the Deployment leads to; undefined as with `main`. */
  readonly service: Release | undefined;
  /** To look at before it gets traffic. */
  readonly preview: Release;
  /** Gets the requests with all these headers, whatever the weights. */
  readonly match?: { readonly release: Release; readonly headers: NonNullable<Stage['headers']> };
  /** Gets a copy of this percentage of all requests. */
  readonly mirror?: { readonly release: Release; readonly percent: number };
  /** Percent that routes of the user are to give to the preview Service; absent where there are none. */
  readonly share?: number;
  /** All that may get traffic soon, or may still be led to by what has not seen the last change. */
  readonly sides: readonly Release[];
}

interface Beside {
  readonly stage?: Stage | undefined;
  readonly pair?: PairState | undefined;
}

/** The traffic to ask for next. */
export function trafficOf(view: View, input: ShiftInput, { stage, pair }: Beside = {}): Traffic {
  const { weights } = shifted(input);
  const views = [view.next, ...view.others];
  const shares = views.map(({ release }) => ({ release, weight: weights.get(release.number) ?? 0 }));
  const backends = shares.filter(({ weight }) => weight > 0);
  const proven = (input.goingBack ? input.next : (input.from ?? input.next)).release;
  const isProven = ({ release }: { release: Release }) => Number(release.number === proven);
  const [first] = backends.toSorted((a, b) => b.weight - a.weight || isProven(b) - isProven(a));
  const kept = new Set([input.next, input.from, input.warm?.side].map((side) => side?.release));
  const isLedTo = ({ release: { number } }: ReleaseView) => kept.has(number) || (weights.get(number) ?? 0) > 0;
  const main = input.splits || backends.length === 1 ? first?.release : undefined;
  return {
    weights,
    backends,
    main,
    service: main,
    preview: previewOf(view, input),
    ...chosenOf(view.next.release, input, stage),
    ...(pair && pairOf(view, input, planPair(pair, weights, input))),
    sides: views.filter((each) => isLedTo(each) || livePods(each).length > 0).map(({ release }) => release),
  };
}

/** What a release gets beside its share. Without a replica that can serve it gets nothing, and then requests go as all others. */
function chosenOf(
  release: Release,
  { next, from }: ShiftInput,
  { headers, mirrorPercent: percent = 0 }: Partial<Stage> = {},
) {
  if (from === undefined || next.ready === 0) return {};
  return { ...(headers && { match: { release, headers } }), ...(percent > 0 && { mirror: { release, percent } }) };
}

function pairOf(view: View, input: ShiftInput, { stable, next, share }: PairPlan): Partial<Traffic> {
  const named = (number: number) =>
    [view.next, ...view.others].find(({ release }) => release.number === number)?.release;
  const home = view.next.release;
  return { service: named(stable) ?? home, preview: named(next) ?? previewOf(view, input), share };
}

/** An address that answers: the release that comes as soon as it can, until then the one that serves. */
function previewOf({ next, others }: View, { next: { ready }, from }: ShiftInput): Release {
  const served = others.find(({ release }) => release.number === from?.release);
  return ready > 0 || served === undefined ? next.release : served.release;
}
