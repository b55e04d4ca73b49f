import type { Condition } from '../../../crds/conditions/condition.ts';
import {
  type ConditionChange,
  type ConditionType,
  conditionTypes,
  findCondition,
  removeCondition,
  type Stamp,
  setCondition,
  summarise,
} from '../../../crds/conditions/conditions.ts';
import type { Reason } from '../../../crds/reasons/reasons.ts';
import type { AxisChange } from '../../../rollout/engine/axes.ts';
import type { Finding } from '../../../rollout/engine/state.ts';

const summaryTypes: ReadonlySet<ConditionType> = new Set(['Ready', 'Reconciling', 'Stalled']);

/** Condition types that this controller writes, which are all of ours; others in the status belong to somebody else. */
export const ownedConditions: readonly ConditionType[] = conditionTypes;

/** The conditions beside the summary. */
export const ownedAxes: readonly ConditionType[] = ownedConditions.filter((type) => !summaryTypes.has(type));

type Conditions = readonly Condition[];

/** The conditions after this look: each axis as found, and the summary over them. */
export function nextConditions(
  stored: Conditions,
  { summary, axes }: { summary: Finding; axes: readonly AxisChange[] },
  stamp: Stamp,
): Conditions {
  const changed = axes.reduce<Conditions>((conditions, axis) => change(conditions, axis, stamp), stored);
  return summarise(changed, summary, stamp);
}

function change(conditions: Conditions, axis: AxisChange, stamp: Stamp): Conditions {
  if ('gone' in axis) return removeCondition(conditions, axis.type);
  if ('keep' in axis) return keep(conditions, axis.type, stamp);
  return setCondition(conditions, axis, stamp);
}

/** What was said before still holds, for this generation too. */
function keep(conditions: Conditions, type: ConditionType, stamp: Stamp): Conditions {
  const before = findCondition(conditions, type);
  if (before === undefined) return conditions;
  const { status, message } = before;
  const said: ConditionChange = { type, status, reason: before.reason as Reason, message };
  return setCondition(conditions, said, stamp);
}
