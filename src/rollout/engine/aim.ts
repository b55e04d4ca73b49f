import { recordOf } from './history.ts';
import { mustRunBefore } from './hooks.ts';
import { allTraffic, type Goal } from './legs.ts';
import { isOnItsWay, legAt } from './route.ts';
import { type Input, phases, type State } from './state.ts';
import { warmReplicas } from './warm.ts';

/** How much of the traffic `release` is to get, and how large it is to be. */
export interface Stage extends Pick<Goal, 'headers' | 'mirrorPercent'> {
  /** Percent. */
  readonly weight: number;
  readonly replicas: number;
}

/** Which releases the place is to be moved between, by number. */
export interface Aim {
  /** To serve in the end. Undefined when there is no release at all that could. */
  readonly release: number | undefined;
  /** Serves until `release` can. */
  readonly from: number | undefined;
  /** Has to be accepted by the place before anything moves; then `release` is what serves meanwhile. */
  readonly prepare: number | undefined;
  /** Absent where traffic goes with the replicas. */
  readonly stage?: Stage;
  /** What serves beside `release` failed or was taken back: what `release` can serve, it is to serve at once. */
  readonly goingBack?: boolean;
  /** A person went back to it: what its ready replicas cover, it is to have before all of them are there. */
  readonly hasServed?: boolean;
  /** Gets no traffic, and is kept running for an instant way back. */
  readonly warm?: { readonly release: number; readonly replicas: number };
}

type Direction = Pick<Aim, 'release' | 'from' | 'prepare'>;

export function aimOf(state: State, input: Input): Aim {
  const direction = directionOf(state, input);
  const { previous } = state;
  const goal = goalOf(state, direction, input);
  if (goal === undefined) return direction;
  return {
    ...direction,
    stage: stageOf(goal, input.replicas),
    ...(isLeavingFailed(state) ? { goingBack: true } : {}),
    ...(isRollback(state) ? { hasServed: true } : {}),
    ...(previous === undefined ? {} : { warm: { release: previous.release, replicas: warmReplicas(input) } }),
  };
}

/** Also after the way back was given up: whatever is left of the failed one is still bad. */
function isLeavingFailed({ rollout, live, refused }: State): boolean {
  return rollout === undefined ? refused !== undefined && live !== undefined : rollout.aborting === true;
}

function isRollback(state: State): boolean {
  const { rollout } = state;
  return rollout !== undefined && isOnItsWay(rollout) && recordOf(state, rollout.release)?.cause === 'Rollback';
}

function directionOf(state: State, input: Input): Direction {
  const { rollout, live } = state;
  if (rollout === undefined) return { release: live ?? failedFirst(state, input), from: undefined, prepare: undefined };
  if (rollout.phase === phases.runningHook) return { release: live, from: undefined, prepare: undefined };
  if (rollout.phase === phases.preparing) return { release: live, from: undefined, prepare: rollout.release };
  if (rollout.aborting === true) return { release: live, from: rollout.release, prepare: undefined };
  return { release: rollout.release, from: other(live, rollout.release), prepare: undefined };
}

/** What serves, or is to serve again, has all; what comes has what its leg says. */
function goalOf({ rollout }: State, { release }: Direction, { strategy }: Input): Goal | undefined {
  const comes = rollout !== undefined && rollout.aborting !== true && rollout.release === release;
  const { goal } = legAt(strategy, comes ? rollout.step : Number.POSITIVE_INFINITY);
  return goal === undefined || comes ? goal : allTraffic;
}

function stageOf({ weight, size, headers, mirrorPercent = 0 }: Goal, replicas: number): Stage {
  const isAsked = headers !== undefined || mirrorPercent > 0;
  const share = Math.min(replicas, Math.max(isAsked ? 1 : 0, Math.ceil((weight * replicas) / 100)));
  const stage = { weight, ...(headers && { headers }), ...(mirrorPercent > 0 && { mirrorPercent }) };
  if (size === 'Full') return { ...stage, replicas };
  // Never smaller than what its weight needs, or the weight could never be given.
  return { ...stage, replicas: size === 'Share' ? share : Math.min(Math.max(size, share), replicas) };
}

/** With none to go back to, the one that failed is better than nothing: it may heal. Not one that was never to run. */
function failedFirst(state: State, input: Input): number | undefined {
  const number = input.releases.find(({ hash }) => hash === state.refused)?.number;
  return number === undefined || mustRunBefore(state, number, input) ? undefined : number;
}

function other(number: number | undefined, than: number): number | undefined {
  return number === than ? undefined : number;
}
