import { spawn } from 'node:child_process';
import type { Clock } from '../../src/seams/clock.ts';

export interface RunOptions {
  clock: Clock;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** The process is killed after this long. Default 10 minutes. */
  deadlineMs?: number;
}

export interface RunResult {
  /** Exit code; 124 when the deadline ended the process, 127 when it could not be started. */
  code: number;
  /** stdout and stderr as they came, interleaved. */
  output: string;
  stdout: string;
  durationMs: number;
}

const defaultDeadlineMs = 600_000;

/** Runs a program to its end. Never throws for a bad exit: the caller decides what that means. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { clock, cwd, env, input, deadlineMs = defaultDeadlineMs } = options;
  const started = clock.monotonic();
  const output: Buffer[] = [];
  const stdout: Buffer[] = [];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let timedOut = false;
    const timer = clock.setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    const end = (code: number, note = '') => {
      clock.clearTimeout(timer);
      if (note) output.push(Buffer.from(note));
      resolve({
        code,
        output: Buffer.concat(output).toString(),
        stdout: Buffer.concat(stdout).toString(),
        durationMs: clock.monotonic() - started,
      });
    };
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk) && stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.stdin.on('error', () => undefined); // a program that does not read its input may close it early
    child.stdin.end(input);
    child.on('error', (error) => end(127, `${command}: ${error.message}\n`));
    child.on('close', (code) => {
      if (timedOut) end(124, `${command}: no end after ${deadlineMs / 1000} s, killed\n`);
      else end(code ?? 1);
    });
  });
}
