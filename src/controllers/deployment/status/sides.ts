import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Decision } from '../../../rollout/engine/decide.ts';
import type { Observation, Side } from '../../../targets/target.ts';

type Fields = Pick<DeploymentStatus, 'live' | 'next' | 'replicas' | 'readyReplicas' | 'selector' | 'url'>;

/** Who serves how much. Where the place could not be asked, what was last seen stays. */
export function sidesOf(status: DeploymentStatus, { state }: Decision, observation: Observation | undefined): Fields {
  const sides = observation?.outcome === 'Unknown' ? undefined : observation?.sides;
  const live = sideOf(state.live, sides, status.live);
  const comes = state.rollout?.release;
  const next = comes === state.live ? undefined : sideOf(comes, sides, status.next);
  const weights = weightsOf({ live, next }, sides);
  return {
    live: live && { ...live, weight: weights.live },
    next: next && { ...next, weight: weights.next },
    ...totals(status, sides),
    ...addresses(status, observation),
  };
}

function addresses(
  { url, selector }: DeploymentStatus,
  seen: Observation | undefined,
): Pick<Fields, 'url' | 'selector'> {
  return { url: seen?.url ?? url, selector: seen?.selector ?? selector };
}

type Counted = NonNullable<DeploymentStatus['live']>;

function sideOf(
  release: number | undefined,
  sides: readonly Side[] | undefined,
  before: Counted | undefined,
): Counted | undefined {
  if (release === undefined) return undefined;
  if (sides === undefined && before?.release === release) return before;
  const side = sides?.find((each) => each.release === release);
  return { release, weight: 0, replicas: side?.replicas ?? 0, ready: side?.ready ?? 0 };
}

/** As the place says, where it moves traffic by itself. */
function weightsOf({ live, next }: Pick<Fields, 'live' | 'next'>, sides: readonly Side[] | undefined) {
  const known = (of: Counted | undefined) => sides?.find(({ release }) => release === of?.release)?.weight;
  const share = next === undefined ? 0 : shareOf(next, live);
  const weight = known(next) ?? share;
  return { live: known(live) ?? 100 - weight, next: weight };
}

/** Without weights of its own a place spreads requests evenly over what is ready. */
function shareOf(next: Counted, live: Counted | undefined): number {
  const ready = next.ready + (live?.ready ?? 0);
  return ready === 0 ? 0 : Math.round((100 * next.ready) / ready);
}

function totals(
  status: DeploymentStatus,
  sides: readonly Side[] | undefined,
): Pick<Fields, 'replicas' | 'readyReplicas'> {
  if (sides === undefined) return { replicas: status.replicas ?? 0, readyReplicas: status.readyReplicas ?? 0 };
  const serving = sides.filter(({ weight }) => weight !== 0);
  const sum = (of: (side: Side) => number) => serving.reduce((total, side) => total + of(side), 0);
  return { replicas: sum(({ replicas }) => replicas), readyReplicas: sum(({ ready }) => ready) };
}
