import type { Release } from '../../../rollout/release.ts';
import type { Intent } from '../../target.ts';
import { isHeld } from '../sizes.ts';
import type { View } from '../view.ts';

/** Whether there is anything to lead traffic to. A worker has no port. */
export function listens({ workload }: Release): boolean {
  return workload.port !== undefined;
}

/**
 * The release whose port counts. A port that is taken away is not taken from the release that still serves, or a release
 * that fails would have cut it off.
 */
export function leadingRelease({ next, others }: View, intent: Intent): Release {
  const from = others.find(({ release }) => release.name === intent.from?.name);
  if (from === undefined) return next.release;
  const [first, second] = isHeld(intent) ? [from, next] : [next, from];
  const isRunning = (second.set?.status?.replicas ?? 0) > 0;
  return !listens(first.release) && listens(second.release) && isRunning ? second.release : first.release;
}
