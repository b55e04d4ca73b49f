import type { Strategy } from '../../../crds/strategy/strategy.ts';
import { limitsOf } from '../../../rollout/rolling/limits.ts';

export interface Capacity {
  /** Of the wanted number, in percent; ECS rounds tasks above it down. */
  readonly maximumPercent: number;
  /** ECS rounds tasks below it up. */
  readonly minimumHealthyPercent: number;
  /** Replicas that must serve during a change. */
  readonly needed: number;
}

/** What the schema says when `rolling` is left out. */
const usual = { maxSurge: '25%', maxUnavailable: 0 };

/** The limits of a rolling update in percent, written so that ECS's own rounding gives the same numbers of tasks. */
export function capacityOf({ rolling = usual }: Strategy, replicas: number): Capacity {
  const { most, fewestAvailable: needed } = limitsOf(replicas, rolling);
  if (replicas === 0) return { maximumPercent: 200, minimumHealthyPercent: 100, needed };
  return {
    // Twice the number is as much as a change can use.
    maximumPercent: Math.min(200, Math.ceil((100 * most) / replicas)),
    minimumHealthyPercent: Math.floor((100 * needed) / replicas),
    needed,
  };
}
