import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { hookOfRollout } from './hooks.ts';
import { isOnItsWay, legAt } from './route.ts';
import { type Input, phases, type State } from './state.ts';

const longestToken = 256;

/**
 * The deadline in the meaning of apps/v1: counted from the last change of what the place reports. While it is paused, or
 * stopped by something that is no fault of the release, no time runs.
 */
export function countProgress(state: State, input: Input): State {
  const { rollout } = state;
  if (rollout === undefined) return state;
  const { deadline: _, ...rest } = rollout;
  if (isStopped(rollout, input)) return { ...state, rollout: stopped(rest) };
  const command = hookOfRollout(state);
  if (command !== undefined) return { ...state, rollout: { ...rest, deadline: command.deadline } };
  return { ...state, rollout: counted(rest, input) };
}

function isStopped({ phase }: RolloutStatus, { paused, refusal }: Input): boolean {
  return paused || (phase === phases.preparing && refusal !== undefined);
}

function stopped(rollout: RolloutStatus): RolloutStatus {
  const { progressedAt: _, ...rest } = rollout;
  return rest;
}

function counted(rollout: RolloutStatus, input: Input): RolloutStatus {
  const { waits, seconds } = legAt(input.strategy, rollout.step);
  const reached = waits !== 'Machine' || rollout.phase === phases.awaitingData;
  if (reached && isOnItsWay(rollout)) {
    return until(rollout, waits === 'Person' ? seconds : undefined, input.now);
  }
  const seen = tokenOf(input.observation) ?? rollout.seen;
  const { progressedAt: before, ...rest } = rollout;
  const known = seen === undefined ? rest : { ...rest, seen };
  const progressedAt = before === undefined || seen !== rollout.seen ? {} : { progressedAt: before };
  return until({ ...known, ...progressedAt }, input.strategy.progressDeadlineSeconds, input.now);
}

/** Its time runs, from now when it did not before, or when the clock went back since. Without seconds nothing gives it up. */
function until(rollout: RolloutStatus, seconds: number | undefined, now: Date): RolloutStatus {
  const { progressedAt: before } = rollout;
  const isPast = before !== undefined && Date.parse(before) <= now.getTime();
  const progressedAt = isPast ? before : wholeSeconds(now);
  if (seconds === undefined) return { ...rollout, progressedAt };
  return { ...rollout, progressedAt, deadline: wholeSeconds(new Date(Date.parse(progressedAt) + seconds * 1000)) };
}

/** A place that does not answer tells nothing about progress. */
function tokenOf(observation: Input['observation']): string | undefined {
  if (observation === undefined || observation.outcome === 'Unknown') return undefined;
  return Array.from(observation.progress).slice(0, longestToken).join('');
}
