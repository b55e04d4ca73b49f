import { expect, it } from 'vitest';
import { closingLine, type TestReport } from './closing-line.ts';

const report = (changes: Partial<TestReport> = {}): TestReport => ({
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numFailedTestSuites: 0,
  success: true,
  ...changes,
});

it.each([
  ['all passed', report(), 0, '12 passed, 0 failed'],
  ['some failed', report({ numFailedTests: 2, success: false }), 1, '12 passed, 2 failed'],
  ['some skipped', report({ numPendingTests: 1, numTodoTests: 2 }), 0, '12 passed, 0 failed, 3 skipped'],
  ['a file did not load', report({ numFailedTestSuites: 1, success: false }), 1, '12 passed, 1 failed'],
  ['an error came after the last test', report(), 1, '12 passed, 1 failed'],
  ['there is no report', undefined, 1, '0 passed, 1 failed'],
])('when %s', (_, given, exitCode, line) => {
  expect(closingLine(given, exitCode)).toBe(line);
});
