import type { RollingStrategy } from '../../crds/strategy/strategy.ts';

/** What must hold at every moment of a change to `desired` replicas. */
export interface Limits {
  readonly desired: number;
  /** Replicas of all releases together. */
  readonly most: number;
  /** Available replicas of all releases together that nobody gives up voluntarily. */
  readonly fewestAvailable: number;
}

/** As apps/v1 reads them: surge rounded up, unavailable rounded down, and one may go when both are nothing. */
export function limitsOf(desired: number, { maxSurge, maxUnavailable }: RollingStrategy): Limits {
  const surge = Math.ceil(share(maxSurge, desired));
  const unavailable = Math.min(desired, Math.floor(share(maxUnavailable, desired)));
  const gap = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { desired, most: desired === 0 ? 0 : desired + surge, fewestAvailable: Math.max(0, desired - gap) };
}

function share(value: number | string, of: number): number {
  // Multiplied first: 7 % of 100 is 7 only in this order.
  return typeof value === 'number' ? value : (Number.parseInt(value, 10) * of) / 100;
}
