import type { Check } from '../../crds/check/check.ts';
import type { CheckStatus } from '../../crds/deployment/status.ts';

/** What one measurement says: it passed, it failed, or nothing was to be learned. */
export type Verdict = 'Passed' | 'Failed' | 'NoData';

export type Rules = Pick<Check, 'count' | 'failureLimit' | 'inconclusiveLimit' | 'onNoData'>;

/** All that is kept of the measurements of one run. */
export interface Tally {
  /** With data. */
  readonly measurements: number;
  readonly failures: number;
  /** Without data, one after the other; the next one with data ends them. */
  readonly noData: number;
}

export const noMeasurements: Tally = { measurements: 0, failures: 0, noData: 0 };

/** A run that ends with its result, or one that goes on in the background: then every `count` measurements count anew. */
export type Sort = 'Once' | 'Background';

export function counted(tally: Tally, verdict: Verdict, { count }: Rules, sort: Sort): Tally {
  if (verdict === 'NoData') return { ...tally, noData: tally.noData + 1 };
  const { measurements, failures } = sort === 'Background' && tally.measurements >= count ? noMeasurements : tally;
  return { measurements: measurements + 1, failures: failures + Number(verdict === 'Failed'), noData: 0 };
}

type Rule = (tally: Tally, rules: Rules, sort: Sort) => CheckStatus['result'] | undefined;

/** The first that has something to say decides. */
const order: readonly Rule[] = [
  ({ failures }, { failureLimit }) => (failures > failureLimit ? 'Failed' : undefined),
  tooLongWithoutData,
  ({ measurements }, { count }, sort) => (sort === 'Once' && measurements >= count ? 'Passed' : undefined),
  ({ noData }) => (noData > 0 ? 'NoData' : undefined),
];

export function judge(tally: Tally, rules: Rules, sort: Sort): CheckStatus['result'] {
  for (const rule of order) {
    const result = rule(tally, rules, sort);
    if (result !== undefined) return result;
  }
  return 'Running';
}

function tooLongWithoutData({ noData }: Tally, { inconclusiveLimit, onNoData }: Rules, sort: Sort): ReturnType<Rule> {
  if (noData <= inconclusiveLimit) return undefined;
  if (onNoData === 'Fail') return 'Failed';
  if (onNoData === 'Wait') return 'Inconclusive';
  return sort === 'Once' ? 'Passed' : 'NoData';
}
