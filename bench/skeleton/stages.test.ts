import { expect, it } from 'vitest';
import { stageTable } from './stages.ts';

it('shows the time of each stage and of all until its end', () => {
  const moments = [
    { stage: 'seen', at: 1250 },
    { stage: 'built', at: 4000 },
  ];

  expect(stageTable(1000, moments)).toBe('  seen     0.25 s    0.25 s\n  built    2.75 s    3.00 s');
});

it('says when a stage was not seen, and measures the next one from the last that was', () => {
  const moments = [
    { stage: 'seen', at: undefined },
    { stage: 'built', at: 4000 },
  ];

  expect(stageTable(1000, moments)).toBe('  seen   not seen\n  built    3.00 s    3.00 s');
});
