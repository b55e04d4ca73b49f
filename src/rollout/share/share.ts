import type { Sizes } from '../rolling/rolling.ts';

/** One release at the place. */
export interface ShareSide {
  readonly release: number;
  /** Asked for. */
  readonly replicas: number;
  /** Ready for minReadySeconds. */
  readonly available: number;
}

export interface ShareInput {
  readonly desired: number;
  /** Percent of the traffic that `next` is to get. */
  readonly weight: number;
  readonly next: ShareSide;
  /** The release that serves meanwhile, or on the way back the one that failed. */
  readonly from?: ShareSide | undefined;
  /** To end. */
  readonly others: readonly ShareSide[];
  readonly goingBack: boolean;
  /** Nothing moves between releases. */
  readonly paused: boolean;
}

/**
 * Sizes where every ready replica gets as much traffic as any other, so that a share of the traffic is a share of the
 * replicas. What comes is there before anything goes: the available replicas never become fewer by a decision.
 */
export function sharedSizes(input: ShareInput): Sizes {
  const { desired, weight, next, from, others, goingBack, paused } = input;
  if (paused && from !== undefined) return pausedSizes(input, from);
  const wanted = from === undefined || goingBack ? desired : Math.ceil((weight * desired) / 100);
  let missing = desired - Math.min(next.available, next.replicas, wanted);
  const sizes = new Map([[next.release, wanted]]);
  if (from !== undefined && !goingBack) {
    const proven = Math.min(from.available, from.replicas);
    // A smaller share than before is given up only when the release that serves covers it.
    sizes.set(next.release, Math.max(wanted, Math.min(next.replicas, desired - proven)));
    sizes.set(from.release, Math.max(missing, weight < 100 ? Math.min(1, desired) : 0));
    missing -= proven;
  }
  for (const side of from !== undefined && goingBack ? [from, ...others] : others) {
    const kept = Math.max(0, Math.min(side.replicas, side.available, missing));
    sizes.set(side.release, kept);
    missing -= kept;
  }
  return sizes;
}

/** A change of the scale goes to the release that is proven. */
function pausedSizes({ desired, next, others, goingBack }: ShareInput, from: ShareSide): Sizes {
  const [proven, other] = goingBack ? [next, from] : [from, next];
  const kept = Math.min(other.replicas, desired);
  const sizes = new Map(others.map(({ release, replicas }) => [release, Math.min(replicas, desired)]));
  return sizes.set(other.release, kept).set(proven.release, desired - kept);
}
