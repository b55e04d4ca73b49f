/** A condition of metav1 shape. */
export interface StatusCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

/** What a controller says; the time is kept or set by the merge. */
export type WantedCondition = Omit<StatusCondition, 'lastTransitionTime'>;

/** Seconds only: the server stores no more, and a finer time would differ from what is stored for ever. */
export function conditionTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Puts the wanted conditions into the stored ones. Types that others own stay as they are; an owned one that is not
 * wanted goes. The order of the stored ones is kept, so that an unchanged condition is no change.
 */
export function mergeConditions(
  stored: readonly StatusCondition[],
  wanted: readonly WantedCondition[],
  owned: ReadonlySet<string>,
  now: number,
): StatusCondition[] {
  const left = new Map(wanted.map((condition) => [condition.type, condition]));
  const kept = stored.flatMap((old) => {
    if (!owned.has(old.type)) return [old];
    const next = left.get(old.type);
    left.delete(old.type);
    return next ? [stamped(next, old, now)] : [];
  });
  return [...kept, ...[...left.values()].map((next) => stamped(next, undefined, now))];
}

function stamped(next: WantedCondition, old: StatusCondition | undefined, now: number): StatusCondition {
  const lastTransitionTime = old?.status === next.status ? old.lastTransitionTime : conditionTime(now);
  return { ...next, lastTransitionTime };
}
