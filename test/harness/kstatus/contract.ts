import { stateOf } from '../../../src/crds/conditions/states.ts';
import { reasonEntry } from '../../../src/crds/reasons/reasons.ts';
import { kindsWithState } from '../kinds.ts';
import type { Rule } from './rules.ts';
import { conditionsOf, isAnswered, type Observed, statusOf } from './version.ts';

/** What our kinds promise beyond kstatus. */
export const contractRules: readonly Rule[] = [
  {
    code: 'VISH0001',
    says: 'Ready=False never without Reconciling or Stalled: a waiter would wait for ever',
    broken: ({ object }) => {
      const explained = statusOf(object, 'Reconciling') === 'True' || statusOf(object, 'Stalled') === 'True';
      return statusOf(object, 'Ready') === 'False' && !explained ? '' : undefined;
    },
  },
  {
    code: 'VISH0002',
    says: 'every reason stands in src/crds/reasons, for this kind and this condition',
    broken: ({ object }) => {
      const strays = conditionsOf(object).flatMap(({ type, reason }) => strayReason(object, type, reason) ?? []);
      return strays.length === 0 ? undefined : strays.join(', ');
    },
  },
  {
    code: 'VISH0003',
    says: 'status.state is the word for the conditions',
    broken: ({ object }) => {
      const { kind = '', status } = object;
      if (!isAnswered(object) || !kindsWithState.has(kind)) return undefined;
      const wanted = stateOf(conditionsOf(object));
      return status?.state === wanted ? undefined : `${status?.state ?? 'none'} instead of ${wanted}`;
    },
  },
];

const summaries: ReadonlySet<string> = new Set(['Ready', 'Reconciling', 'Stalled']);

function strayReason({ kind = '' }: Observed, type: string, reason: string): string | undefined {
  const entry = reasonEntry(reason);
  if (entry === undefined) return `${type}=${reason} (unknown)`;
  if (!entry.kinds.some((known) => known === kind)) return `${type}=${reason} (not for a ${kind})`;
  if (summaries.has(type)) return entry.onlyAxes ? `${type}=${reason} (stands on an axis only)` : undefined;
  return entry.axes?.some((axis) => axis === type) ? undefined : `${type}=${reason} (not for this condition)`;
}
