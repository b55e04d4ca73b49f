import { expect, it } from 'vitest';
import type { SummaryReason } from '../reasons/reasons.ts';
import { setCondition, summarise } from './conditions.ts';
import { stateOf } from './states.ts';

const stamp = { now: new Date('2026-01-01T00:00:00Z'), generation: 1 };
const summary = (reason: SummaryReason) => summarise([], { reason, message: '' }, stamp);
const withAxis = (reason: SummaryReason, ...axes: ('Available' | 'RolledBack')[]) =>
  axes.reduce(
    (list, type) => setCondition(list, { type, status: 'True', reason: 'ReleaseLive', message: '' }, stamp),
    summary(reason),
  );

it.each<[string, SummaryReason]>([
  ['Pending', 'ResolvingSource'],
  ['Building', 'Building'],
  ['RollingOut', 'RollingOut'],
  ['AwaitingApproval', 'AwaitingApproval'],
  ['Paused', 'Paused'],
  ['Ready', 'ReleaseLive'],
  ['Degraded', 'CrashLoop'],
  ['RolledBack', 'CheckFailed'],
  ['Failed', 'SourceNotFound'],
])('says %s for %s', (word, reason) => {
  expect(stateOf(summary(reason))).toBe(word);
});

it('says Pending before anything is known', () => {
  expect(stateOf([])).toBe('Pending');
});

it('does not say Failed while an earlier release serves', () => {
  expect(stateOf(withAxis('HookFailed', 'Available'))).toBe('Degraded');
  expect(stateOf(withAxis('HookFailed', 'Available', 'RolledBack'))).toBe('RolledBack');
});
