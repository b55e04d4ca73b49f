import { expect, it } from 'vitest';
import type { RowResult } from './bench.ts';
import { table } from './table.ts';

const result: RowResult = {
  number: 1,
  work: 'add and take 1,000 keys',
  unit: 'ms',
  ours: 0.5123,
  peer: 1,
  ratio: 0.5123,
  range: [0.5, 0.6],
  runs: 5,
  bar: '<= 1x',
  met: true,
};

it('prints both sides, the ratio with its range, the bar and whether it is met', () => {
  const text = table('client-go 0.36', [result]);

  expect(text).toContain('peer: client-go 0.36');
  expect(text).toMatch(
    /1 +add and take 1,000 keys +0\.512 ms +1\.00 ms +0\.51x +0\.500 to 0\.600 \(5 runs\) +<= 1x +met$/,
  );
});

it('shows dashes where there is no peer, and shouts a bar that is not met', () => {
  const { peer: _peer, ratio: _ratio, ...alone } = result;

  expect(table('none', [{ ...alone, met: false }])).toMatch(
    /0\.512 ms +- +- +0\.500 to 0\.600 \(5 runs\) +<= 1x +NOT MET$/,
  );
});
