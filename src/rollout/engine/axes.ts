import type { ConditionChange } from '../../crds/conditions/conditions.ts';
import { type Reason, reasonEntry } from '../../crds/reasons/reasons.ts';
import { afterFailureMessage, afterHook } from './hooks.ts';
import { queuedBehind } from './queue.ts';
import type { Input, State } from './state.ts';
import { failureOf, summaryOf } from './summary.ts';

/** A condition to set, to leave as it is, or to take away. */
export type AxisChange =
  | ConditionChange
  | { readonly type: ConditionChange['type']; readonly keep: true }
  | { readonly type: ConditionChange['type']; readonly gone: true };

/** Whether users are served, whichever release does it. A place that does not answer leaves it as it was last seen. */
export function availableAxis(state: State, { observation, replicas }: Input): AxisChange {
  const type = 'Available';
  if (observation?.outcome === 'Unknown') return { type, keep: true };
  const { live } = state;
  if (observation === undefined) return unseen(state);
  if (!observation.available) {
    return {
      type,
      status: 'False',
      reason: wordOn(type, observation.reason, 'Degraded'),
      message: observation.message,
    };
  }
  if (replicas === 0) return { type, status: 'True', reason: 'ScaledToZero', message: 'No replicas are wanted.' };
  const message = live === undefined ? observation.message : `Release ${live} serves.`;
  return { type, status: 'True', reason: 'ReleaseLive', message };
}

function unseen({ live }: State): AxisChange {
  if (live !== undefined) return { type: 'Available', keep: true };
  return { type: 'Available', status: 'False', reason: 'Degraded', message: 'No release serves yet.' };
}

/** An axis has words of its own; what is none of them is told as the general one. */
function wordOn(axis: 'Available' | 'Progressing', reason: Reason | undefined, general: Reason): Reason {
  if (reason === undefined) return general;
  return reasonEntry(reason)?.axes?.includes(axis) === true ? reason : general;
}

/** Whether a release is on its way. */
export function progressingAxis(state: State, input: Input): AxisChange {
  const type = 'Progressing';
  const { reason, message } = summaryOf(state, input);
  if (state.rollout !== undefined) {
    if (input.paused) return { type, status: 'Unknown', reason: 'Paused', message };
    if (reason === 'AwaitingApproval' || reason === 'AwaitingData') return { type, status: 'Unknown', reason, message };
    const onItsWay = state.rollout.aborting === true ? 'RollingBack' : 'RollingOut';
    return { type, status: 'True', reason: reason === 'RunningHook' ? reason : onItsWay, message };
  }
  const failure = failureOf(state, input);
  if (failure !== undefined)
    return { type, status: 'False', reason: wordOn(type, failure.reason, 'ReleaseFailed'), message };
  const queued = queuedBehind(state, input);
  if (queued !== undefined) return { type, status: 'True', ...queued };
  if (reason === 'Held' || reason === 'Paused') return { type, status: 'False', reason, message };
  if (state.live === undefined) return { type, status: 'False', reason: 'RollingOut', message };
  return { type, status: 'False', ...rolledOut(state) };
}

/** The one place where a command that failed after the release shows for as long as that one serves. */
function rolledOut(state: State): { reason: Reason; message: string } {
  const run = afterHook(state);
  const message = `Release ${state.live} is rolled out.`;
  if (run?.result !== 'Failed') return { reason: 'ReleaseLive', message };
  return { reason: 'HookFailed', message: `${message} ${afterFailureMessage(run)}` };
}

export function rolledBackAxis(state: State, input: Input): AxisChange {
  const type = 'RolledBack';
  const failure = failureOf(state, input);
  if (failure?.outcome !== 'RolledBack' && failure?.outcome !== 'Aborted') return { type, gone: true };
  return { type, status: 'True', reason: failure.outcome, message: failure.message };
}
