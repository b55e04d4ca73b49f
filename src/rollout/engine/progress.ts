import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { type Input, phases, type State } from './state.ts';

const longestToken = 256;

/** Before this step nothing runs; after it replicas move. */
export function enterAdvance(state: State, { prepared, paused, now }: Input): State {
  const { rollout } = state;
  if (rollout?.phase !== phases.preparing || prepared !== true || paused) return state;
  return { ...state, rollout: enter(rollout, phases.advancing, now) };
}

/** The same rollout in another phase: its time counts from now. */
export function enter(rollout: RolloutStatus, phase: string, now: Date): RolloutStatus {
  const { seen: _seen, progressedAt: _progressed, deadline: _deadline, ...rest } = rollout;
  return { ...rest, phase, phaseStartedAt: wholeSeconds(now) };
}

/**
 * The deadline in the meaning of apps/v1: counted from the last change of what the place reports. While it is paused, or
 * stopped by something that is no fault of the release, no time runs.
 */
export function countProgress(state: State, input: Input): State {
  const { rollout } = state;
  if (rollout === undefined) return state;
  const { deadline: _, ...rest } = rollout;
  if (isStopped(rollout, input)) return { ...state, rollout: stopped(rest) };
  return { ...state, rollout: counted(rest, input) };
}

function isStopped({ phase }: RolloutStatus, { paused, refusal }: Input): boolean {
  return paused || (phase === phases.preparing && refusal !== undefined);
}

function stopped(rollout: RolloutStatus): RolloutStatus {
  const { progressedAt: _, ...rest } = rollout;
  return rest;
}

function counted(rollout: RolloutStatus, { observation, strategy, now }: Input): RolloutStatus {
  const seen = tokenOf(observation) ?? rollout.seen;
  const moved = rollout.progressedAt === undefined || seen !== rollout.seen;
  const progressedAt = moved || rollout.progressedAt === undefined ? wholeSeconds(now) : rollout.progressedAt;
  const deadline = wholeSeconds(new Date(Date.parse(progressedAt) + strategy.progressDeadlineSeconds * 1000));
  return { ...rollout, ...(seen === undefined ? {} : { seen }), progressedAt, deadline };
}

/** A place that does not answer tells nothing about progress. */
function tokenOf(observation: Input['observation']): string | undefined {
  if (observation === undefined || observation.outcome === 'Unknown') return undefined;
  return Array.from(observation.progress).slice(0, longestToken).join('');
}
