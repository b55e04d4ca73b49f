import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { startBack } from './back.ts';
import { failedCheck, heldUp } from './checks.ts';
import { changeRecord, endAborted, endRecord, recordOf } from './history.ts';
import { beginAfter, failedBefore } from './hooks.ts';
import { legsOf } from './legs.ts';
import { enter, enterLeg, isBeforeStart, legAt } from './route.ts';
import { type Finding, type Input, phases, type State } from './state.ts';
import { keptWarm } from './warm.ts';

/** What the outcome at the place means for the phase that the rollout is in. */
export function judgeOutcome(state: State, input: Input): State {
  const { observation, paused } = input;
  if (observation === undefined || paused) return state;
  if (state.rollout === undefined) return recover(state, input);
  if (state.rollout.aborting !== true && isBeforeStart(state.rollout)) return state;
  switch (observation.outcome) {
    case 'Succeeded':
      return state.rollout.aborting === true ? endRollback(state, input) : reach(state, state.rollout, input);
    case 'Failed':
    case 'Superseded':
      return fail(state, input, { reason: observation.reason ?? 'ReleaseFailed', message: observation.message });
    default:
      return resume(state, input);
  }
}

/** A command that failed stops the release before anything of it runs. */
export function judgeHook(state: State, input: Input): State {
  const message = input.paused ? undefined : failedBefore(state);
  return message === undefined ? state : fail(state, input, { reason: 'HookFailed', message });
}

/** A check that failed takes the release back, whatever the place says of it. */
export function judgeChecks(state: State, input: Input): State {
  const finding = input.paused ? undefined : failedCheck(state, input);
  return finding === undefined ? state : fail(state, input, finding);
}

/** The place has done what this leg asks for; a pause or a decision does not end by that. */
function reach(state: State, rollout: RolloutStatus, input: Input): State {
  const { strategy } = input;
  if (legAt(strategy, rollout.step).waits !== 'Machine') return state;
  if (heldUp(state, input) !== undefined) return hold(state, rollout, input);
  if (rollout.step >= legsOf(strategy).length - 1) return succeed(state, input);
  return { ...state, rollout: enterLeg(rollout, rollout.step + 1, input) };
}

/** No time runs while it waits for data: all that it asked for is done. */
function hold(state: State, rollout: RolloutStatus, { now }: Input): State {
  if (rollout.phase === phases.awaitingData) return state;
  return { ...state, rollout: enter(rollout, phases.awaitingData, now) };
}

/** What was reached is lost again while it waits for data: from here on its time runs. */
function resume(state: State, { now, observation }: Input): State {
  const { rollout } = state;
  if (rollout?.phase !== phases.awaitingData || observation?.outcome !== 'Running') return state;
  return { ...state, rollout: enter(rollout, phases.advancing, now) };
}

/** Only what is known to stand still is given up: a place that does not answer may be about to succeed. */
export function judgeDeadline(state: State, input: Input): State {
  const { rollout } = state;
  const { observation, paused, now } = input;
  if (rollout?.deadline === undefined || paused || Date.parse(rollout.deadline) > now.getTime()) return state;
  // A command is given up by what is known of it.
  if (rollout.phase === phases.runningHook) return state;
  if (rollout.phase === phases.awaitingApproval) return fail(state, input, undecided);
  if (rollout.phase !== phases.preparing && observation?.outcome !== 'Running') return state;
  return fail(state, input, lateness(input));
}

const undecided: Finding = {
  reason: 'ApprovalDeadlineExceeded',
  message: 'Nobody promoted it before the deadline that the strategy sets.',
};

function lateness({ strategy, observation }: Input): Finding {
  const waitedFor = observation?.message ?? 'The place has not prepared it.';
  const message = `No progress for ${strategy.progressDeadlineSeconds} s: ${waitedFor}`;
  return { reason: 'ProgressDeadlineExceeded', message };
}

function succeed(state: State, input: Input): State {
  const { now } = input;
  const number = state.rollout?.release;
  if (number === undefined) return state;
  const replaced =
    state.live === undefined || state.live === number
      ? state
      : endRecord(state, state.live, { outcome: 'Superseded', now });
  const ended = beginAfter(endRecord(replaced, number, { outcome: 'Live', now }), number, input);
  return { ...ended, live: number, rollout: undefined, refused: undefined, previous: keptWarm(state, input) };
}

function fail(state: State, input: Input, finding: Finding): State {
  const { rollout, live } = state;
  if (rollout === undefined) return state;
  if (rollout.aborting === true) return endRollback(state, input);
  const back = startBack(state, rollout, { ...input, finding });
  if (live !== undefined && live !== rollout.release) return back;
  return { ...endRecord(back, rollout.release, { outcome: 'Failed', now: input.now }), rollout: undefined };
}

function endRollback(state: State, { now }: Input): State {
  if (state.rollout === undefined) return state;
  return { ...endAborted(state, state.rollout.release, now), rollout: undefined };
}

/** A first release that failed is still healed; when it serves after all, it is live. */
function recover(state: State, input: Input): State {
  const { observation, releases, now } = input;
  if (state.live !== undefined || observation?.outcome !== 'Succeeded') return state;
  const failed = releases.find(({ hash }) => hash === state.refused);
  if (failed === undefined || recordOf(state, failed.number)?.outcome !== 'Failed') return state;
  const history = changeRecord(state, failed.number, ({ reason: _word, message: _why, ...old }) => ({
    ...old,
    outcome: 'Live',
    finishedAt: wholeSeconds(now),
  }));
  return { ...beginAfter(history, failed.number, input), live: failed.number, refused: undefined };
}
