import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { isSummaryReason, type Reason, reasons } from '../reasons/reasons.ts';
import { type Condition, condition, maxMessage } from './condition.ts';
import {
  type ConditionChange,
  conditionTypes,
  findCondition,
  removeCondition,
  setCondition,
  summarise,
} from './conditions.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const stamp = (seconds: number, generation = 1) => ({ now: at(seconds), generation });
const available = (change: Partial<ConditionChange> = {}): ConditionChange => ({
  type: 'Available',
  status: 'True',
  reason: 'ReleaseLive',
  message: 'All replicas are ready.',
  ...change,
});

it('writes a condition that the CRD accepts, in whole seconds and with the generation', () => {
  const [written] = setCondition([], available(), { now: new Date('2026-01-01T00:00:00.987Z'), generation: 7 });

  expect(condition.parse(written)).toEqual({
    ...available(),
    observedGeneration: 7,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
});

it('keeps the time when only reason, message or generation change', () => {
  const before = setCondition([], available(), stamp(0));

  const after = setCondition(before, available({ message: 'Other words.' }), stamp(60, 2));

  expect(after).toEqual([{ ...before[0], message: 'Other words.', observedGeneration: 2 }]);
});

it('gives the same list back when there is nothing to write', () => {
  const before = setCondition([], available(), stamp(0));

  expect(setCondition(before, available(), stamp(60))).toBe(before);
  expect(removeCondition(before, 'Stalled')).toBe(before);
});

it('cuts a message that the server would refuse', () => {
  const [written] = setCondition([], available({ message: '💥'.repeat(maxMessage + 1) }), stamp(0));

  expect(condition.safeParse(written).success).toBe(true);
  expect(written?.message.endsWith('…')).toBe(true);
});

it('keeps conditions of other controllers, behind its own', () => {
  const foreign: Condition = {
    type: 'example.com/Checked',
    status: 'True',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    reason: 'Fine',
    message: '',
  };

  const types = summarise([foreign], { reason: 'Building', message: '' }, stamp(0)).map(({ type }) => type);

  expect(types).toEqual(['Ready', 'Reconciling', 'example.com/Checked']);
});

/**
 * Invariants, for any sequence of changes:
 * - lastTransitionTime moves if and only if status changed;
 * - the same change again changes nothing;
 * - types are unique and in one order;
 * - every condition that was set carries the generation of the stamp.
 */
it('holds its invariants for any sequence of changes', () => {
  const change = fc.record({
    type: fc.constantFrom(...conditionTypes),
    status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
    reason: fc.constantFrom(...(Object.keys(reasons) as Reason[])),
    message: fc.string({ maxLength: 20 }),
  });
  const step = fc.record({
    change,
    remove: fc.boolean(),
    wait: fc.integer({ min: 0, max: 3 }),
    generation: fc.integer({ min: 1, max: 3 }),
  });

  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let list: readonly Condition[] = [];
      let now = 0;
      for (const { change, remove, wait, generation } of steps) {
        now += wait;
        const before = findCondition(list, change.type);
        if (remove) {
          list = removeCondition(list, change.type);
          continue;
        }
        list = setCondition(list, change, stamp(now, generation));
        const after = findCondition(list, change.type);
        const kept =
          before?.status === change.status ? before.lastTransitionTime : `${at(now).toISOString().slice(0, 19)}Z`;
        expect(after).toEqual({ ...change, observedGeneration: generation, lastTransitionTime: kept });
        expect(setCondition(list, change, stamp(now + 9, generation))).toBe(list);
        const types = list.map(({ type }) => type);
        expect(types).toEqual(conditionTypes.filter((type) => types.includes(type)));
      }
    }),
  );
});

/** What kstatus and Flux read: see the courses in src/crds/reasons/entry.ts. */
it('never lets a summary contradict itself, whatever reasons follow each other', () => {
  const reason = fc.constantFrom(...(Object.keys(reasons) as Reason[]).filter(isSummaryReason));

  fc.assert(
    fc.property(fc.array(reason, { minLength: 1, maxLength: 10 }), (sequence) => {
      let list: readonly Condition[] = [];
      for (const [index, next] of sequence.entries())
        list = summarise(list, { reason: next, message: 'why' }, stamp(index, index + 1));
      const status = (type: string) => findCondition(list, type)?.status;
      expect(status('Ready')).toBeDefined();
      expect(status('Reconciling') === 'True' && status('Stalled') === 'True').toBe(false);
      expect(status('Ready') === 'True').toBe(status('Reconciling') === undefined && status('Stalled') === undefined);
      expect(status('Stalled') === 'True' && status('Ready') !== 'False').toBe(false);
      expect(list.every(({ observedGeneration }) => observedGeneration === sequence.length)).toBe(true);
    }),
  );
});
