import { expect, it } from 'vitest';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { type Bar, type Bench, judge, type Row, runBench, type Sample } from './bench.ts';

const row = (bar: Bar, measure: Row['measure'] = async () => ({ ours: 1 })): Row => {
  return { number: 1, work: 'add keys', unit: 'ms', bar, measure };
};
const clock = new ManualClock();

it('reports the median of the ratios with their range', () => {
  const samples: Sample[] = [
    { ours: 10, peer: 10 },
    { ours: 30, peer: 10 },
    { ours: 20, peer: 10 },
  ];

  const result = judge(row({ of: 'ratio', atMost: 2 }), samples);

  expect(result).toMatchObject({ ours: 20, peer: 10, ratio: 2, range: [1, 3], runs: 3, bar: '<= 2x', met: true });
});

it.each<[string, Bar, number, boolean]>([
  ['at least 1.0x, and faster', { of: 'ratio', atLeast: 1 }, 12, true],
  ['at least 1.0x, and slower', { of: 'ratio', atLeast: 1 }, 9, false],
  ['at most 5 ms of our own', { of: 'ours', atMost: 5 }, 9, false],
])('holds the bar: %s', (_, bar, ours, met) => {
  expect(judge(row(bar), [{ ours, peer: 10 }]).met).toBe(met);
});

it('says which row promised a ratio and gave no figure of the peer', () => {
  expect(() => judge(row({ of: 'ratio', atLeast: 1 }), [{ ours: 1 }])).toThrow('row 1 has a bar on the ratio');
});

it('tears down what it set up even when a row fails', async () => {
  let open = 0;
  const bench: Bench = {
    name: 'broken',
    peer: 'none',
    rows: [row({ of: 'ours', atMost: 1 }, () => Promise.reject(new Error('no server')))],
    setUp: async () => {
      open++;
      return async () => void open--;
    },
  };

  await expect(runBench(bench, { clock, quick: true })).rejects.toThrow('no server');
  expect(open).toBe(0);
});

it('runs once when quick, else as often as the benchmark says', async () => {
  const indexes: number[] = [];
  const measure: Row['measure'] = async ({ index }) => ({ ours: indexes.push(index) });
  const bench: Bench = { name: 'b', peer: 'none', runs: 3, rows: [row({ of: 'ours', atMost: 9 }, measure)] };

  await runBench(bench, { clock, quick: true });
  await runBench(bench, { clock, quick: false });

  expect(indexes).toEqual([0, 0, 1, 2]);
});
