import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { closingLine, type TestReport } from './closing-line.ts';
import { type FailureReport, failures } from './failures.ts';

const reportFile = '.vish/test-report.json';

/** Runs vitest with the arguments given (all suites without any) and ends with what failed and one closing line. */
async function main(args: readonly string[]): Promise<void> {
  mkdirSync('.vish', { recursive: true });
  rmSync(reportFile, { force: true });
  const exitCode = await vitest([
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...args,
  ]);
  const report = readReport();
  if (report) for (const failure of failures(report, process.cwd())) console.log(failure);
  console.log(closingLine(report, exitCode));
  process.exitCode = exitCode;
}

function vitest(args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('vitest', args, { stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`vitest could not be started: ${error.message}. Run npm ci, and start the tests with npm test.`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function readReport(): (TestReport & FailureReport) | undefined {
  try {
    return JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport & FailureReport;
  } catch {
    return undefined; // vitest died before it wrote one; the closing line counts that as a failure
  }
}

await main(process.argv.slice(2));
