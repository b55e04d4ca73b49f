import { relative } from 'node:path';

/** The part of vitest's JSON report that says what failed. */
export interface FailureReport {
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly TestResult[];
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: readonly string[] | null;
}

const mostNamed = 20;
const mostLines = 6;

/** What failed and why, short, for the end of a log: whoever sees only its last lines must not have to run it all again. */
export function failures({ testResults }: FailureReport, root: string): string[] {
  const all = testResults.filter(({ status }) => status === 'failed').flatMap((file) => ofFile(file, root));
  const more = all.length - mostNamed;
  return [...all.slice(0, mostNamed), ...(more > 0 ? [`FAILED ... and ${more} more; the report names them all`] : [])];
}

function ofFile({ name, message, assertionResults }: FileResult, root: string): string[] {
  const file = relative(root, name);
  const tests = assertionResults.filter(({ status }) => status === 'failed');
  const own = message === '' ? [] : [entry(file, message)];
  return [...own, ...tests.map((test) => entry(`${file} > ${test.fullName}`, test.failureMessages?.join('\n') ?? ''))];
}

function entry(what: string, why: string): string {
  const lines = why.split('\n').filter((line) => line.trim() !== '');
  return [`FAILED ${what}`, ...lines.slice(0, mostLines).map((line) => `    ${line}`)].join('\n');
}
