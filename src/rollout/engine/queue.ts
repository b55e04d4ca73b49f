import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import type { Finding, Input, KnownRelease, State } from './state.ts';
import { phases } from './state.ts';

const withPeople: ReadonlySet<string> = new Set([phases.awaitingApproval, phases.awaitingData]);

/**
 * Whether a rollout counts among those that are under way at once. One that a person has to move would keep its place for
 * ever: waiting for a decision or for data, stopped by spec.paused, refused by the place before it began, or of a place that
 * nothing may be asked of. No time runs against those, and nothing else would end them.
 */
export function holdsPlace(rollout: RolloutStatus | undefined, paused: boolean): boolean {
  if (rollout === undefined || paused || withPeople.has(rollout.phase)) return false;
  return rollout.deadline !== undefined || rollout.progressedAt !== undefined;
}

/** What comes into the middle of a rollout that has a place takes that over, and an emergency waits for nobody. */
export function mustQueue(state: State, wanted: KnownRelease, input: Input): boolean {
  const { ahead = 0, paused } = input;
  return ahead > 0 && !holdsPlace(state.rollout, paused) && !isUrgent(state, wanted, input);
}

/** A person asks for it, or it is the way back to what served until now. */
function isUrgent({ previous }: State, { number }: KnownRelease, { cause, hold }: Input): boolean {
  return cause === 'Rollback' || cause === 'Retry' || hold !== undefined || previous?.release === number;
}

/** A newer release waits on in the place of the one before it: whoever pushes often would never come to his turn. */
export function queueUp(state: State, { number }: KnownRelease, { ahead = 0, now }: Input): State {
  const since = state.queued?.since ?? wholeSeconds(now);
  return { ...state, queued: { release: number, since, position: Math.min(ahead, mostPosition) } };
}

const mostPosition = 100_000;

export function leaveQueue(state: State): State {
  return state.queued === undefined ? state : { ...state, queued: undefined };
}

/** That nobody is served counts more. */
export function whileQueued(state: State, input: Input): Finding | undefined {
  return state.live !== undefined && input.observation?.available === false ? undefined : queuedBehind(state, input);
}

/** While it cannot be told what is wanted, it keeps its turn and holds up nobody. */
export function queuedBehind({ queued }: State, { wanted }: Input): Finding | undefined {
  if (queued === undefined || wanted === undefined) return undefined;
  const { release, position } = queued;
  const others = position === 1 ? 'one other rollout goes' : `${position} other rollouts go`;
  return { reason: 'RolloutQueued', message: `Release ${release} waits for its turn: ${others} first.` };
}
