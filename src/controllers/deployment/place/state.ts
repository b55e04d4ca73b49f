import type { DeploymentStatus, ReleaseRecord } from '../../../crds/deployment/status.ts';
import type { KnownRelease, State } from '../../../rollout/engine/state.ts';

/** What the engine remembers, from where it stands. A release that was taken over served before anybody wrote it down. */
export function stateOfStatus(
  { live, rollout, refusedRelease: refused, previous, queued, checks, history = [] }: DeploymentStatus,
  adopted?: KnownRelease,
): State {
  const state = { live: live?.release, rollout, refused, previous, queued, checks, history };
  if (adopted === undefined) return state;
  const others = history.filter(({ number }) => number !== adopted.number);
  return { ...state, live: adopted.number, history: [...others, recordOf(adopted)] };
}

function recordOf({ number, name, cause, image, createdAt }: KnownRelease): ReleaseRecord {
  return { number, name, outcome: 'Live', cause, image, startedAt: createdAt, finishedAt: createdAt };
}
