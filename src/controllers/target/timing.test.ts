import { expect, it } from 'vitest';
import { aTarget } from '../../../test/support/aws/objects.ts';
import type { Target } from '../../crds/target/target.ts';
import { freshForMs, nextLookMs } from './timing.ts';

const checkedAt = '2026-01-01T00:00:00Z';
const then = Date.parse(checkedAt);
const minute = 60_000;

function checked(status: 'True' | 'False', generation = 1): Target {
  const ready = { type: 'Ready', status, reason: 'TargetReady', message: '', lastTransitionTime: checkedAt };
  return { ...aTarget(), status: { checkedAt, conditions: [{ ...ready, observedGeneration: generation }] } };
}

it.each([
  ['was never looked at', aTarget(), then, 0],
  ['worked four minutes ago', checked('True'), then + 4 * minute, 6 * minute],
  ['worked too long ago', checked('True'), then + 11 * minute, 0],
  ['has changed since', checked('True', 0), then, 0],
  ['was refused', checked('False'), then, 0],
  ['was looked at by a clock that is ahead', checked('True'), then - minute, 0],
])('a Target that %s', (_, target, now, expected) => {
  expect(freshForMs(target, now)).toBe(expected);
});

it('looks sooner at what is broken, and never at all of them in one moment', () => {
  const at = (reason: string, next: number) => nextLookMs(reason, { next: () => next }) / minute;

  expect([at('TargetUnreachable', 0), at('TargetForbidden', 0), at('TargetReady', 0)]).toEqual([0.5, 2, 10]);
  expect(at('TargetReady', 0.5)).toBe(10.5);
});
