import type { Clock } from '../../src/seams/clock.ts';
import { run } from '../lib/run.ts';
import type { Task } from './tasks.ts';

export interface Outcome {
  task: Task;
  passed: boolean;
  durationMs: number;
  output: string;
}

const deadlineMs = 120_000;

export function checkAll(tasks: readonly Task[], clock: Clock): Promise<Outcome[]> {
  return Promise.all(tasks.map((task) => check(task, clock)));
}

async function check(task: Task, clock: Clock): Promise<Outcome> {
  const began = clock.monotonic();
  const { code, output } = await run(task.command, task.args, { allowFailure: true, timeoutMs: deadlineMs }).catch(
    (error: Error) => ({ code: 1, output: error.message }),
  );
  return { task, passed: code === 0, durationMs: clock.monotonic() - began, output };
}

/** Failures last and in full, so that the end of the screen says what to do. */
export function summary(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ passed }) => !passed);
  const lines = outcomes.map(({ task, passed, durationMs }) => {
    return `${passed ? '  ok  ' : 'FAILED'}  ${task.name.padEnd(10)} ${(durationMs / 1000).toFixed(1)} s`;
  });
  const reports = failed.map(({ task, output }) => `\n--- ${task.name} ---\n${output.trimEnd()}\n=> ${task.remedy}`);
  const end = failed.length === 0 ? 'All checks hold.' : `${failed.length} of ${outcomes.length} checks failed.`;
  return [...lines, ...reports, '', end].join('\n');
}
