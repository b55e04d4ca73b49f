import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { changeRecord, endAborted, shorten } from './history.ts';
import type { Plan } from './legs.ts';
import { enter, isBeforeStart, stepFields } from './route.ts';
import { type Finding, type Input, type KnownRelease, phases, type State } from './state.ts';

interface Cause extends Pick<Input, 'now'> {
  readonly releases: readonly Pick<KnownRelease, 'number' | 'hash'>[];
  readonly finding: Finding;
}

/**
 * Why it failed is written when it does; by the end of the way back the place tells something else. What never began is back
 * at once: asked to come from it, a place might run it, though its command has not passed.
 */
export function startBack(state: State, rollout: RolloutStatus, { releases, now, finding }: Cause): State {
  const { release } = rollout;
  const { reason, message } = finding;
  const noted = changeRecord(state, release, (old) => ({ ...old, reason, message: shorten(message) }));
  const refused = releases.find(({ number }) => number === release)?.hash;
  if (isBeforeStart(rollout)) return { ...endAborted(noted, release, now), refused, rollout: undefined };
  return { ...noted, refused, rollout: { ...enter(rollout, phases.rollingBack, now), aborting: true } };
}

/** The live release is to go, as long as the one before it is kept. `turnBack` makes that one live. */
export function leaveLive(state: State, live: number, cause: Cause & { strategy: Plan }): State {
  const { strategy, now } = cause;
  const startedAt = wholeSeconds(now);
  const rollout = {
    release: live,
    strategy: strategy.type,
    phase: phases.rollingBack,
    ...stepFields(strategy, 0),
    startedAt,
    phaseStartedAt: startedAt,
  };
  return startBack(state, rollout, cause);
}

/** What is left although it is live makes room for the release before it, which is still there. */
export function turnBack(state: State): State {
  const { rollout, live, previous } = state;
  if (rollout?.aborting !== true || rollout.release !== live) return state;
  if (previous === undefined) return { ...state, rollout: undefined };
  const left = changeRecord(state, live, ({ finishedAt: _end, ...old }) => ({ ...old, outcome: 'InProgress' }));
  const back = changeRecord(left, previous.release, (old) => ({ ...old, outcome: 'Live' }));
  return { ...back, live: previous.release, previous: undefined };
}
