import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { heldUp, isChecked } from './checks.ts';
import { enter, enterLeg, isOnItsWay, legAt, pauseEnd } from './route.ts';
import { type Input, phases, type State } from './state.ts';

/** A pause is over, a person has decided, checks have come to their results; or what held the rollout up is gone. */
export function passWait(state: State, input: Input): State {
  const { rollout } = state;
  if (rollout === undefined || input.paused || !isOnItsWay(rollout)) return state;
  if (heldUp(state, input) !== undefined) return state;
  if (rollout.phase === phases.awaitingData) {
    return { ...state, rollout: enter(rollout, phases.advancing, input.now) };
  }
  return isOver(state, rollout, input) ? { ...state, rollout: enterLeg(rollout, rollout.step + 1, input) } : state;
}

function isOver(state: State, rollout: RolloutStatus, input: Input): boolean {
  switch (legAt(input.strategy, rollout.step).waits) {
    case 'Person':
      return rollout.approved === true;
    case 'Checks':
      return isChecked(state, input);
    case 'Time':
      return (pauseEnd(rollout, input.strategy)?.getTime() ?? Number.POSITIVE_INFINITY) <= input.now.getTime();
    default:
      return false;
  }
}
