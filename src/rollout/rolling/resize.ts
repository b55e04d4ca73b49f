import type { RollingStrategy } from '../../crds/strategy/strategy.ts';
import { type Limits, limitsOf } from './limits.ts';
import type { RollingSide, Sizes } from './rolling.ts';

/**
 * The wanted number changed. In the middle of a rollout every release grows and shrinks by its share, so that an
 * unproven one does not get all that is new, nor the proven one lose all that goes.
 */
export function resized(sides: readonly RollingSide[], limits: Limits, strategy: RollingStrategy): Sizes {
  const active = sides.filter(({ replicas }) => replicas > 0);
  const [only] = active;
  const sizes = new Map(sides.map(({ release, replicas }) => [release, replicas]));
  if (only !== undefined && active.length === 1) return sizes.set(only.release, limits.desired);
  for (const { release, replicas } of protectedAvailability(shared(active, limits, strategy), limits)) {
    sizes.set(release, replicas);
  }
  return sizes;
}

interface Resized {
  readonly release: number;
  readonly available: number;
  readonly replicas: number;
}

/** The largest first, because what rounding leaves over is taken from and given to the first. */
function shared(active: readonly RollingSide[], limits: Limits, strategy: RollingStrategy): Resized[] {
  let left = limits.most - total(active);
  const order = active.toSorted((a, b) => b.replicas - a.replicas || b.release - a.release);
  const result = order.map((side) => {
    const change = clamp(shareOf(side, limits, strategy) - side.replicas, left);
    left -= change;
    return { release: side.release, available: side.available, replicas: side.replicas + change };
  });
  return result.map((side) => {
    const replicas = Math.max(0, side.replicas + left);
    left -= replicas - side.replicas;
    return sized(side, replicas);
  });
}

function shareOf({ replicas, sizedFor }: RollingSide, { most, desired }: Limits, strategy: RollingStrategy): number {
  const before = limitsOf(sizedFor ?? desired, strategy).most;
  return before === 0 ? replicas : Math.round((replicas * most) / before);
}

/** Only in the direction of what is left, and not beyond it. */
function clamp(change: number, left: number): number {
  return left >= 0 ? Math.min(Math.max(change, 0), left) : Math.max(Math.min(change, 0), left);
}

/** Rounding may take an available replica and leave one that serves nobody: they change places. */
function protectedAvailability(sides: readonly Resized[], { fewestAvailable }: Limits): Resized[] {
  const kept = sides.reduce((all, { available, replicas }) => all + Math.min(available, replicas), 0);
  let missing = Math.max(0, fewestAvailable - kept);
  const returned = sides.map((side) => {
    const back = Math.min(missing, Math.max(0, side.available - side.replicas));
    missing -= back;
    return sized(side, side.replicas + back);
  });
  let over = total(returned) - total(sides);
  return returned.map((side) => {
    const taken = Math.min(over, Math.max(0, side.replicas - side.available));
    over -= taken;
    return sized(side, side.replicas - taken);
  });
}

function sized({ release, available }: Resized, replicas: number): Resized {
  return { release, available, replicas };
}

function total(sides: readonly Pick<Resized, 'replicas'>[]): number {
  return sides.reduce((all, { replicas }) => all + replicas, 0);
}
