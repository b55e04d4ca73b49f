import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import { leaveLive, turnBack } from './back.ts';
import { recordOf } from './history.ts';
import { previousOf } from './legs.ts';
import type { Input, State } from './state.ts';

/** What served until now, when a release becomes live. Nobody wants to return to what was just left by a rollback. */
export function keptWarm(state: State, { strategy, now }: Input): State['previous'] {
  const { live, rollout } = state;
  const { warm = 'None', warmSeconds = 0 } = previousOf(strategy) ?? {};
  const isRollback = recordOf(state, rollout?.release)?.cause === 'Rollback';
  if (live === undefined || live === rollout?.release || isRollback) return undefined;
  if (warm === 'None' || warmSeconds === 0) return undefined;
  return { release: live, warmUntil: wholeSeconds(new Date(now.getTime() + warmSeconds * 1000)) };
}

/** Its time is over, or the strategy keeps none any more. */
export function endWarm(state: State, { strategy, now }: Input): State {
  const { previous, live, rollout } = state;
  if (previous === undefined) return state;
  const { release, warmUntil = '' } = previous;
  const isSide = release === live || release === rollout?.release;
  const isOver = !(Date.parse(warmUntil) > now.getTime());
  const { warm = 'None', warmSeconds = 0 } = previousOf(strategy) ?? {};
  if (isSide || isOver || warm === 'None') return { ...state, previous: undefined };
  // Also when the clock went back since.
  const longest = wholeSeconds(new Date(now.getTime() + warmSeconds * 1000));
  return Date.parse(warmUntil) <= Date.parse(longest) ? state : { ...state, previous: { release, warmUntil: longest } };
}

/** Replicas of the release that is kept. */
export function warmReplicas({ strategy, replicas }: Input): number {
  const { warm, replicas: fixed = replicas } = previousOf(strategy) ?? {};
  return warm === 'Fixed' ? Math.min(fixed, replicas) : replicas;
}

/**
 * A release that stops serving altogether soon after the switch goes back to the one that is still there. Only with a
 * reason: replicas that merely start, or were lost with their node, come back by themselves.
 */
export function judgeLive(state: State, input: Input): State {
  const { live, rollout, previous } = state;
  const { observation, paused, replicas } = input;
  if (live === undefined || rollout !== undefined || previous === undefined) return state;
  if (observation?.reason === undefined || observation.outcome === 'Unknown' || paused || replicas === 0) return state;
  const ready = (number: number) => observation.sides.find(({ release }) => release === number)?.ready ?? 0;
  if (ready(live) > 0 || ready(previous.release) === 0) return state;
  const { reason, message } = observation;
  const finding = { reason, message: `No replica served any more after the switch: ${message}` };
  return turnBack(leaveLive(state, live, { ...input, finding }));
}
