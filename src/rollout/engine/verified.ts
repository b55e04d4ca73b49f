import type { AxisChange } from './axes.ts';
import { heldUp, isSettled } from './checks.ts';
import { recordOf } from './history.ts';
import type { Input, State } from './state.ts';
import { failureOf } from './summary.ts';

const type = 'Verified';

/** What the checks say of the release that they were asked about, as long as that one is in question or serves. */
export function verifiedAxis(state: State, input: Input): AxisChange {
  const { checks = [], rollout, live } = state;
  const [first] = checks;
  if (first === undefined) return { type, gone: true };
  if (rollout?.aborting === true) return failed(recordOf(state, rollout.release));
  if (rollout !== undefined) return underWay(state, input);
  if (first.release !== live) return failed(failureOf(state, input));
  if (!isSettled(state, input)) return { type, gone: true };
  const names = checks.map(({ name }) => name).join(', ');
  return { type, status: 'True', reason: 'CheckPassed', message: `Release ${live} has passed ${names}.` };
}

function underWay(state: State, input: Input): AxisChange {
  const held = heldUp(state, input);
  if (held?.reason === 'CheckNotFound' || held?.reason === 'AwaitingData') {
    return { type, status: 'Unknown', reason: held.reason, message: held.message };
  }
  const message = 'It is not measured to its end yet; status.checks has the values.';
  return { type, status: 'Unknown', reason: 'RunningChecks', message };
}

function failed(known: { reason?: string | undefined; message?: string | undefined } | undefined): AxisChange {
  if (known?.reason !== 'CheckFailed') return { type, gone: true };
  return { type, status: 'False', reason: 'CheckFailed', message: known.message ?? '' };
}
