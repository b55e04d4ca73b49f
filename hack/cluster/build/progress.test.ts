import { expect, it } from 'vitest';
import { buildingLine, buildLine, seconds } from './progress.ts';

const task = { at: 3, of: 9, name: 'containerd', began: 0 };

it('says which of how many is being built, for how long, and for how long in all', () => {
  expect(buildingLine(task, 12_000, 250_000)).toBe('[3 of 9] containerd: building, 12 s (total 4 min 10 s)');
});

it('says how long a build took', () => {
  expect(buildLine(task, 'built', 49_300)).toBe('[3 of 9] containerd: built in 49 s');
});

it.each([
  [0, '0 s'],
  [99_400, '99 s'],
  [99_600, '1 min 40 s'],
  [3_600_000, '60 min 0 s'],
])('writes %d ms as %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});
