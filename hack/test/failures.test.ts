import { expect, it } from 'vitest';
import { type FailureReport, failures } from './failures.ts';

type FileResult = FailureReport['testResults'][number];

const file = (changes: Partial<FileResult> = {}): FileResult => ({
  name: '/home/vish/src/shop.test.ts',
  status: 'failed',
  message: '',
  assertionResults: [],
  ...changes,
});
const failed = (fullName: string, ...failureMessages: string[]) => ({ fullName, status: 'failed', failureMessages });

it('names each test that failed and says why', () => {
  const passed = { fullName: 'opens', status: 'passed', failureMessages: [] };
  const report = { testResults: [file({ assertionResults: [passed, failed('closes', 'Error: still open\n  at x')] })] };

  expect(failures(report, '/home/vish')).toEqual([
    'FAILED src/shop.test.ts > closes\n    Error: still open\n      at x',
  ]);
});

it('names a file that broke outside of its tests', () => {
  const report = { testResults: [file({ message: 'no cluster' })] };

  expect(failures(report, '/home/vish')).toEqual(['FAILED src/shop.test.ts\n    no cluster']);
});

it('is silent about files that passed', () => {
  expect(failures({ testResults: [file({ status: 'passed' })] }, '/home/vish')).toEqual([]);
});

it('stays short', () => {
  const long = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
  const report = {
    testResults: [file({ assertionResults: Array.from({ length: 30 }, () => failed('breaks', long)) })],
  };

  const said = failures(report, '/home/vish');
  expect(said).toHaveLength(21);
  expect(said.at(-1)).toBe('FAILED ... and 10 more; the report names them all');
  expect(said[0]?.split('\n')).toHaveLength(7);
});
