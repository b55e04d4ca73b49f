/** The part of vitest's JSON report that the closing line needs. */
export interface TestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  success: boolean;
}

/**
 * One line for all suites, which continuous integration reads. A run that broke outside of any test (a file that does
 * not load, an error after the end) counts as one failure, because "0 failed" beside a bad exit would be a lie.
 */
export function closingLine(report: TestReport | undefined, exitCode: number): string {
  if (!report) return '0 passed, 1 failed';
  const skipped = report.numPendingTests + report.numTodoTests;
  const broken = report.numFailedTests === 0 && (exitCode !== 0 || !report.success) ? 1 : 0;
  const line = `${report.numPassedTests} passed, ${report.numFailedTests + broken} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
