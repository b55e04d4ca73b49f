import { done, type Result } from '../../kube/index.ts';

/** What is due already is looked at at once, but never in a loop without pause. */
const soonestMs = 10;

export function lookAgainIn(...wishes: readonly (number | undefined)[]): Result {
  const times = wishes.filter((ms) => ms !== undefined);
  return times.length === 0 ? done : { requeueAfterMs: Math.max(soonestMs, Math.min(...times)) };
}
