import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import { changeRecord, endRecord, recordOf, shorten } from './history.ts';
import { enter } from './progress.ts';
import { type Finding, type Input, phases, type State } from './state.ts';

/** What the outcome at the place means for the phase that the rollout is in. */
export function judgeOutcome(state: State, input: Input): State {
  const { observation, paused } = input;
  if (observation === undefined || paused) return state;
  if (state.rollout === undefined) return recover(state, input);
  if (state.rollout.phase === phases.preparing) return state;
  switch (observation.outcome) {
    case 'Succeeded':
      return state.rollout.aborting === true ? endRollback(state, input) : succeed(state, input);
    case 'Failed':
    case 'Superseded':
      return fail(state, input, { reason: observation.reason ?? 'ReleaseFailed', message: observation.message });
    default:
      return state;
  }
}

/** Only what is known to stand still is given up: a place that does not answer may be about to succeed. */
export function judgeDeadline(state: State, input: Input): State {
  const { rollout } = state;
  const { observation, paused, now } = input;
  if (rollout?.deadline === undefined || paused || Date.parse(rollout.deadline) > now.getTime()) return state;
  if (rollout.phase !== phases.preparing && observation?.outcome !== 'Running') return state;
  return fail(state, input, lateness(input));
}

function lateness({ strategy, observation }: Input): Finding {
  const waitedFor = observation?.message ?? 'The place has not prepared it.';
  const message = `No progress for ${strategy.progressDeadlineSeconds} s: ${waitedFor}`;
  return { reason: 'ProgressDeadlineExceeded', message };
}

function succeed(state: State, { now }: Input): State {
  const number = state.rollout?.release;
  if (number === undefined) return state;
  const replaced =
    state.live === undefined || state.live === number
      ? state
      : endRecord(state, state.live, { outcome: 'Superseded', now });
  const ended = endRecord(replaced, number, { outcome: 'Live', now });
  return { ...ended, live: number, rollout: undefined, refused: undefined };
}

function fail(state: State, input: Input, finding: Finding): State {
  const { rollout, live } = state;
  if (rollout === undefined) return state;
  if (rollout.aborting === true) return endRollback(state, input);
  const noted = noteFailure(state, rollout.release, finding);
  const refused = input.releases.find(({ number }) => number === rollout.release)?.hash;
  if (live === undefined || live === rollout.release) return endFailed({ ...noted, refused }, rollout.release, input);
  return { ...noted, refused, rollout: { ...enter(rollout, phases.rollingBack, input.now), aborting: true } };
}

/** Why it failed is written when it does; by the end of the way back the place tells something else. */
function noteFailure(state: State, number: number, { reason, message }: Finding): State {
  return changeRecord(state, number, (old) => ({ ...old, reason, message: shorten(message) }));
}

function endFailed(state: State, number: number, { now }: Input): State {
  return { ...endRecord(state, number, { outcome: 'Failed', now }), rollout: undefined };
}

function endRollback(state: State, { now }: Input): State {
  if (state.rollout === undefined) return state;
  return { ...endRecord(state, state.rollout.release, { outcome: 'RolledBack', now }), rollout: undefined };
}

/** A first release that failed is still healed; when it serves after all, it is live. */
function recover(state: State, { observation, releases, now }: Input): State {
  if (state.live !== undefined || observation?.outcome !== 'Succeeded') return state;
  const failed = releases.find(({ hash }) => hash === state.refused);
  if (failed === undefined || recordOf(state, failed.number)?.outcome !== 'Failed') return state;
  const history = changeRecord(state, failed.number, ({ reason: _word, message: _why, ...old }) => ({
    ...old,
    outcome: 'Live',
    finishedAt: wholeSeconds(now),
  }));
  return { ...history, live: failed.number, refused: undefined };
}
