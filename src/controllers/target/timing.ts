import type { Target } from '../../crds/target/target.ts';
import type { Random } from '../../seams/random.ts';

/** Between two looks at a Target that works. */
const usualMs = 10 * 60_000;
/** After a refusal, which somebody may mend outside of the cluster, where nothing wakes us. */
const refusedMs = 2 * 60_000;
const unreachableMs = 30_000;

/** How long what was found last is good enough; 0 when it must be looked at now. */
export function freshForMs({ metadata, status }: Target, now: number): number {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const current = ready?.status === 'True' && ready.observedGeneration === metadata.generation;
  if (!current || status?.checkedAt === undefined) return 0;
  const age = now - Date.parse(status.checkedAt);
  // A clock that was set back must not make a look last for ever.
  return age < 0 ? 0 : Math.max(0, usualMs - age);
}

/** Spread over a tenth, or all Targets of an operator ask in the same second for ever. */
export function nextLookMs(reason: string, random: Random): number {
  const base = reason === 'TargetReady' ? usualMs : reason === 'TargetUnreachable' ? unreachableMs : refusedMs;
  return Math.round(base * (1 + random.next() / 10));
}
