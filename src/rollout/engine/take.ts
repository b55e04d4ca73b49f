import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { changeRecord, endAborted, endRecord } from './history.ts';
import { leaveQueue, mustQueue, queueUp } from './queue.ts';
import { firstStep, stepFields } from './route.ts';
import { type Input, type KnownRelease, phases, type State } from './state.ts';

/**
 * Starts the rollout of the wanted release when that is another one than what serves or is on its way. Whatever was in
 * the middle gives way to the newest; the way back stays the release that served last.
 */
export function takeWanted(state: State, input: Input): State {
  const { wanted, paused } = input;
  if (wanted === undefined) return state;
  if (paused || isUnderWay(state.rollout, wanted)) return leaveQueue(state);
  if (wanted.number === state.live || wanted.hash === state.refused) return returnToLive(leaveQueue(state), input);
  if (mustQueue(state, wanted, input)) return queueUp(giveWay(state, input), wanted, input);
  return start(giveWay(leaveQueue(state), input), wanted, input);
}

function isUnderWay(rollout: RolloutStatus | undefined, { number }: KnownRelease): boolean {
  return rollout?.release === number && rollout.aborting !== true;
}

/** A rollback goes on to its end: that is where the live release is wanted. One that failed is no reason to leave it. */
function returnToLive(state: State, input: Input): State {
  return state.rollout?.aborting === true ? state : giveWay(state, input);
}

function giveWay(state: State, { now, wanted }: Input): State {
  if (state.rollout === undefined) return state;
  const { release, aborting } = state.rollout;
  const comes = wanted === undefined || wanted.hash === state.refused ? undefined : wanted.number;
  const message = comes === undefined ? 'It was not wanted any more.' : `Release ${comes} took its place.`;
  const ended =
    aborting === true
      ? endAborted(state, release, now)
      : endRecord(state, release, { outcome: 'Superseded', now, message });
  return { ...ended, rollout: undefined };
}

function start(state: State, { number, cause: made }: KnownRelease, input: Input): State {
  const { cause = made, strategy, now } = input;
  const startedAt = wholeSeconds(now);
  const begun = changeRecord(state, number, ({ finishedAt: _end, message: _why, reason: _word, ...old }) => ({
    ...old,
    outcome: 'InProgress',
    cause,
    startedAt,
  }));
  const previous = state.previous?.release === number ? undefined : state.previous;
  const rollout = {
    release: number,
    strategy: strategy.type,
    phase: phases.preparing,
    ...stepFields(strategy, firstStep(state, number, input)),
    startedAt,
    phaseStartedAt: startedAt,
  };
  return { ...begun, previous, rollout, checks: undefined };
}
