import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { State } from '../../../rollout/engine/state.ts';

/** What the engine remembers, from where it stands. */
export function stateOfStatus({
  live,
  rollout,
  refusedRelease: refused,
  previous,
  queued,
  checks,
  history = [],
}: DeploymentStatus): State {
  return { live: live?.release, rollout, refused, previous, queued, checks, history };
}
