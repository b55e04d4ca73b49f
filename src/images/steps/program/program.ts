import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  /** The whole environment: nothing of ours is handed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** SIGTERM when it aborts. The pod's own end is the deadline behind it. */
  readonly signal: AbortSignal;
  /** Each line of both streams. */
  readonly onLine: (line: string) => void;
}

/** The exit code; 128 when a signal ended it. Rejects when it cannot be started. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<number> {
  return ended(startProgram(program, args, options));
}

export function startProgram(program: string, args: readonly string[], options: ProgramOptions): ChildProcess {
  const { env, cwd, signal, onLine } = options;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
  }
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  child.once('close', () => signal.removeEventListener('abort', stop));
  return child;
}

export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`could not start ${child.spawnfile}: ${error.message}`)));
    child.once('close', (code) => resolve(code ?? 128));
  });
}
