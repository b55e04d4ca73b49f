import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { counted, judge, noMeasurements, type Rules, type Sort, type Verdict } from './judge.ts';

const aVerdict = fc.constantFrom<Verdict[]>('Passed', 'Passed', 'Failed', 'NoData');
const verdicts = fc.array(aVerdict, { maxLength: 60 });
const defaults: Rules = { count: 3, failureLimit: 1, inconclusiveLimit: 3, onNoData: 'Wait' };

const someRules = fc
  .record({
    count: fc.integer({ min: 1, max: 8 }),
    failureLimit: fc.nat(7),
    inconclusiveLimit: fc.nat(4),
    onNoData: fc.constantFrom<Rules['onNoData'][]>('Pass', 'Fail', 'Wait'),
  })
  .filter(({ count, failureLimit }) => failureLimit < count);

/** As the operator does: it ends with the first result that stays. */
function resultOf(taken: readonly Verdict[], rules: Rules, sort: Sort = 'Once') {
  let tally = noMeasurements;
  for (const verdict of taken) {
    tally = counted(tally, verdict, rules, sort);
    const result = judge(tally, rules, sort);
    if (result === 'Passed' || result === 'Failed') return result;
  }
  return judge(tally, rules, sort);
}

describe('one run', () => {
  it('passes with as many measurements as were asked for, and not before', () => {
    expect(resultOf(['Passed', 'Passed'], defaults)).toBe('Running');
    expect(resultOf(['Passed', 'Passed', 'Passed'], defaults)).toBe('Passed');
  });

  it('bears one noisy sample wherever it stands', () => {
    for (const at of [0, 1, 2]) {
      const taken: Verdict[] = ['Passed', 'Passed', 'Passed'];
      expect(resultOf(taken.with(at, 'Failed'), defaults)).toBe('Passed');
    }
  });

  it('fails with the first one more than is borne', () => {
    expect(resultOf(['Failed', 'Passed', 'Failed'], defaults)).toBe('Failed');
    expect(resultOf(['Failed'], { ...defaults, failureLimit: 0 })).toBe('Failed');
  });

  it.each([
    ['Wait', 'Inconclusive'],
    ['Fail', 'Failed'],
    ['Pass', 'Passed'],
  ] as const)('without data for too long, onNoData %s makes it %s', (onNoData, result) => {
    const rules = { ...defaults, onNoData };

    expect(resultOf(['Passed', 'NoData', 'NoData', 'NoData'], rules)).toBe('NoData');
    expect(resultOf(['Passed', 'NoData', 'NoData', 'NoData', 'NoData'], rules)).toBe(result);
  });

  it('goes on when data come after all', () => {
    const silent: Verdict[] = ['NoData', 'NoData', 'NoData', 'NoData', 'NoData'];

    expect(resultOf([...silent, 'Passed'], defaults)).toBe('Running');
    expect(resultOf([...silent, 'Passed', 'Passed', 'Passed'], defaults)).toBe('Passed');
  });
});

describe('a run in the background', () => {
  it('never ends by passing, and counts anew after each full count', () => {
    const block: Verdict[] = ['Passed', 'Failed', 'Passed'];

    expect(resultOf([...block, ...block, ...block, ...block], defaults, 'Background')).toBe('Running');
    expect(resultOf([...block, 'Failed', 'Failed'], defaults, 'Background')).toBe('Failed');
  });
});

describe('whatever is measured', () => {
  it('a run of defaults fails only with two failed measurements', () => {
    fc.assert(
      fc.property(verdicts, fc.constantFrom<Sort[]>('Once', 'Background'), (taken, sort) => {
        const failed = taken.filter((verdict) => verdict === 'Failed').length;
        expect(resultOf(taken, defaults, sort) === 'Failed' && failed < 2).toBe(false);
      }),
    );
  });

  it('agrees with a count over all measurements at once', () => {
    fc.assert(
      fc.property(verdicts, someRules, (taken, rules) => {
        expect(resultOf(taken, rules)).toBe(naive(taken, rules));
      }),
      { numRuns: 500 },
    );
  });

  it('comes to its end when data come', () => {
    fc.assert(
      fc.property(verdicts, someRules, (taken, rules) => {
        const rest = Array.from({ length: rules.count }, (): Verdict => 'Passed');
        expect(['Passed', 'Failed']).toContain(resultOf([...taken, ...rest], rules));
      }),
    );
  });
});

/** The same by looking at each beginning as a whole. */
function naive(taken: readonly Verdict[], { count, failureLimit, inconclusiveLimit, onNoData }: Rules) {
  const outcomes = taken.map((_, index) => {
    const seen = taken.slice(0, index + 1);
    const silent = seen.length - 1 - seen.findLastIndex((verdict) => verdict !== 'NoData');
    if (seen.filter((verdict) => verdict === 'Failed').length > failureLimit) return 'Failed';
    if (silent > inconclusiveLimit) return { Fail: 'Failed', Wait: 'Inconclusive', Pass: 'Passed' }[onNoData];
    if (seen.filter((verdict) => verdict !== 'NoData').length >= count) return 'Passed';
    return silent > 0 ? 'NoData' : 'Running';
  });
  return outcomes.find((each) => each === 'Passed' || each === 'Failed') ?? outcomes.at(-1) ?? 'Running';
}
