import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { ReleaseRecord } from '../../crds/deployment/status.ts';
import { isSummaryReason, type Reason, reasonEntry, type SummaryReason } from '../../crds/reasons/reasons.ts';
import { heldUp } from './checks.ts';
import { recordOf } from './history.ts';
import { afterFailureMessage, afterHook, hookOfRollout } from './hooks.ts';
import { allTraffic } from './legs.ts';
import { whileQueued } from './queue.ts';
import { isOnItsWay, legAt, pauseEnd } from './route.ts';
import { type Finding, type Input, phases, type State } from './state.ts';

type Rule = (state: State, input: Input) => Finding | undefined;

/** The first that has something to say sums the Deployment up. */
const rules: readonly Rule[] = [
  whilePaused,
  beforeObstacle,
  whileRollingBack,
  whileRunningHook,
  whileAwaitingApproval,
  whileHeldUp,
  whileChecking,
  whileRollingOut,
  afterFailure,
  whileQueued,
  withoutRelease,
  notServing,
  notEntered,
  whileOthersServe,
  whileHeld,
];

export function summaryOf(state: State, input: Input): Finding {
  for (const rule of rules) {
    const finding = rule(state, input);
    if (finding !== undefined) return finding;
  }
  return { reason: 'ReleaseLive', message: `Release ${state.live} serves all traffic.${wordOnAfter(state)}` };
}

/** A command after the release changes nothing of what serves, so it is told beside it. */
function wordOnAfter(state: State): string {
  const run = afterHook(state);
  if (run === undefined || run.result === 'Passed') return '';
  if (run.result === 'Running') return ` Its command after the release runs, until ${run.deadline}.`;
  return ` ${afterFailureMessage(run)}`;
}

/** A wanted release that starts only when spec.paused goes counts as much as one that stands in its middle. */
function whilePaused(state: State, { paused, wanted }: Input): Finding | undefined {
  if (!paused) return undefined;
  if (state.rollout !== undefined) {
    return { reason: 'Paused', message: `Release ${state.rollout.release} stands where it is: spec.paused is set.` };
  }
  if (wanted === undefined || wanted.number === state.live || wanted.hash === state.refused) return undefined;
  return { reason: 'Paused', message: `Release ${wanted.number} is not started: spec.paused is set.` };
}

function whileRollingBack(state: State): Finding | undefined {
  if (state.rollout?.aborting !== true) return undefined;
  const { release } = state.rollout;
  const { message: why = '', reason } = recordOf(state, release) ?? {};
  const happened = reason === 'Aborted' ? 'was aborted' : 'failed';
  return {
    reason: 'RollingBack',
    message: `Release ${release} ${happened}, going back to release ${state.live}. ${why}`,
  };
}

function whileRunningHook(state: State, { hookReports = [] }: Input): Finding | undefined {
  const run = hookOfRollout(state);
  if (run === undefined || state.rollout === undefined) return undefined;
  const { release } = state.rollout;
  const report = hookReports.find(({ hook, attempt }) => hook === 'before' && attempt === run.startedAt);
  const message = `Release ${release} starts when its command before the release has passed, until ${run.deadline}. ${report?.message ?? ''}`;
  return { reason: 'RunningHook', message: message.trim() };
}

function whileAwaitingApproval({ rollout }: State, { strategy }: Input): Finding | undefined {
  if (rollout === undefined || !isOnItsWay(rollout)) return undefined;
  const { waits, goal = allTraffic } = legAt(strategy, rollout.step);
  if (waits !== 'Person') return undefined;
  const { release, step } = rollout;
  const message = `Release ${release} has ${goal.weight} % of the traffic and waits for a person: set vish.dev/promote: "${release}/${step}" to go on, or vish.dev/abort: "${release}" to go back.`;
  return { reason: 'AwaitingApproval', message };
}

/** While replicas and traffic still move, that they do is told. */
function whileHeldUp(state: State, input: Input): Finding | undefined {
  const { rollout } = state;
  if (rollout === undefined) return undefined;
  const moves = legAt(input.strategy, rollout.step).waits === 'Machine' && rollout.phase !== phases.awaitingData;
  return moves ? undefined : heldUp(state, input);
}

function whileChecking({ rollout }: State, { strategy }: Input): Finding | undefined {
  if (rollout === undefined || !isOnItsWay(rollout)) return undefined;
  const { checks = [], goal = allTraffic } = legAt(strategy, rollout.step);
  if (checks.length === 0) return undefined;
  const message = `Release ${rollout.release} has ${goal.weight} % of the traffic and is measured by ${checks.join(', ')}.`;
  return { reason: 'RunningChecks', message };
}

/** What the place refuses comes first: it stops what is under way, the other only what comes after it. */
function beforeObstacle({ rollout }: State, { obstacle, refusal }: Input): Finding | undefined {
  return refusal ?? (rollout === undefined ? obstacle : undefined);
}

function whileRollingOut({ rollout }: State, { observation, strategy }: Input): Finding | undefined {
  if (rollout === undefined) return undefined;
  const pause = pauseEnd(rollout, strategy);
  if (pause !== undefined) {
    const { goal = allTraffic } = legAt(strategy, rollout.step);
    const message = `Release ${rollout.release} has ${goal.weight} % of the traffic until ${wholeSeconds(pause)}.`;
    return { reason: 'RollingOut', message };
  }
  const detail = observation === undefined || observation.message === '' ? '' : ` ${observation.message}`;
  return { reason: 'RollingOut', message: `Release ${rollout.release} is on its way.${detail}` };
}

export interface Failure {
  readonly outcome: ReleaseRecord['outcome'];
  readonly reason: Reason;
  readonly message: string;
}

/** The failure of the very release that is wanted; one of an earlier wish is history. */
export function failureOf(state: State, { wanted, releases }: Input): Failure | undefined {
  const refused = releases.find(({ hash }) => hash === state.refused);
  if (refused === undefined || state.rollout !== undefined) return undefined;
  if (wanted === undefined ? state.live !== undefined : wanted.hash !== refused.hash) return undefined;
  const record = recordOf(state, refused.number);
  if (record === undefined) return undefined;
  return { outcome: record.outcome, reason: reasonOf(record), message: failureMessage(state, record) };
}

function reasonOf({ reason = '' }: ReleaseRecord): SummaryReason {
  if (reasonEntry(reason) === undefined) return 'ReleaseFailed';
  const known = reason as Reason;
  return isSummaryReason(known) ? known : 'ReleaseFailed';
}

function failureMessage({ live }: State, { number, outcome, message = '' }: ReleaseRecord): string {
  const happened = outcome === 'Aborted' ? 'was aborted' : 'failed';
  const serving = live === undefined ? 'There is none before it to go back to.' : `Release ${live} serves.`;
  return `Release ${number} ${happened}. ${serving} It is not tried again until it changes, or with vish.dev/retry: "${number}". ${message}`;
}

function afterFailure(state: State, input: Input): Finding | undefined {
  const failure = failureOf(state, input);
  if (failure === undefined) return undefined;
  const { message } = failure;
  if (failure.outcome !== 'RolledBack' && failure.outcome !== 'Aborted') return { reason: 'ReleaseFailed', message };
  const { observation } = input;
  const degraded = observation === undefined || observation.available ? '' : ` Now: ${observation.message}`;
  return { reason: failure.outcome, message: `${message}${degraded}` };
}

function withoutRelease({ live }: State, { hold }: Input): Finding | undefined {
  if (live !== undefined) return undefined;
  if (hold !== undefined) return { reason: 'Paused', message: `Nothing runs yet. ${hold}` };
  return { reason: 'RollingOut', message: 'The first release is being made.' };
}

function notServing({ live }: State, { observation, replicas }: Input): Finding | undefined {
  if (observation === undefined) return undefined;
  if (!observation.available) return { reason: observation.reason ?? 'Degraded', message: observation.message };
  if (replicas > 0) return undefined;
  return { reason: 'ScaledToZero', message: `No replicas of release ${live} are wanted.` };
}

/** Replicas that serve are of no use to those whom the gateway does not let in. */
function notEntered(_state: State, { observation }: Input): Finding | undefined {
  return observation?.entrance;
}

/** What was in the middle when it was withdrawn serves until its traffic has moved. */
function whileOthersServe({ live, rollout }: State, { observation }: Input): Finding | undefined {
  if (rollout !== undefined || observation === undefined || observation.outcome === 'Succeeded') return undefined;
  const others = observation.sides.filter((side) => side.release !== live && (side.weight ?? side.ready) > 0);
  if (others.length === 0) return undefined;
  const weight = others.reduce((total, side) => total + (side.weight ?? 0), 0);
  const what = weight > 0 ? `${weight} % of the traffic goes` : 'Some of the traffic goes';
  return { reason: 'RollingOut', message: `${what} to other releases still, and is on its way to release ${live}.` };
}

function whileHeld({ live }: State, { hold }: Input): Finding | undefined {
  if (hold === undefined) return undefined;
  return { reason: 'Held', message: `Release ${live} serves. ${hold}` };
}
