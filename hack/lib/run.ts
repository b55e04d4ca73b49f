import { spawn } from 'node:child_process';
import { systemClock } from '../../src/seams/system.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Killed with SIGKILL when it lasts longer. Default 60 000 ms. */
  readonly timeoutMs?: number;
  /** Return a failure instead of throwing. Default false: a failure throws with the end of its output. */
  readonly allowFailure?: boolean;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** The only way our tools run a command to its end: always with a deadline, and an error that shows what it said. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 60_000, allowFailure = false } = options;
  const shown = [command, ...args].join(' ').slice(0, 300);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' });
    const said = { stdout: '', stderr: '', output: '' };
    const hear = (stream: 'stdout' | 'stderr') => (text: string) => {
      said[stream] = bounded(said[stream] + text);
      said.output = bounded(said.output + text);
    };
    let late = false;
    const timer = systemClock.setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', hear('stdout'));
    child.stderr.setEncoding('utf8').on('data', hear('stderr'));
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    child.on('error', (error) => {
      systemClock.clearTimeout(timer);
      if (allowFailure) return resolve({ code: 127, stdout: '', stderr: error.message, output: error.message });
      return reject(new Error(`could not start "${shown}": ${error.message}`));
    });
    child.on('close', (code, signal) => {
      systemClock.clearTimeout(timer);
      if (late) return reject(new Error(`"${shown}" was stopped: it took longer than ${timeoutMs / 1000} s`));
      const result = { code: code ?? 128, ...said };
      if (result.code === 0 || allowFailure) return resolve(result);
      const end = (said.stderr || said.stdout).trim().slice(-4000);
      return reject(new Error(`"${shown}" failed (${signal ?? `exit code ${code}`}): ${end}`));
    });
  });
}

const maxOutput = 32 * 1024 * 1024;

/** Keeps the end: the reason of a failure stands there. */
function bounded(text: string): string {
  return text.length > maxOutput ? text.slice(-maxOutput) : text;
}
