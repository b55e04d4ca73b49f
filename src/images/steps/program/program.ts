import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface ProgramOptions {
  /** The whole environment: nothing of ours is handed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** SIGTERM when it aborts. The pod's own end is the deadline behind it. */
  readonly signal: AbortSignal;
  /** Ends with it what it started: a child that goes on would keep the output open for ever. Default: it alone. */
  readonly family?: boolean;
  /** Each line of both streams. */
  readonly onLine: (line: string) => void;
  /** Takes the standard output as it comes; `onLine` then hears of errors only. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** The standard output goes there without passing through this process; it must be the input of another program. */
  readonly into?: Writable;
  /** The child's `stdin` is there to be written to. */
  readonly reads?: boolean;
}

/** The exit code; 128 when a signal ended it. Rejects when it cannot be started. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<number> {
  return ended(startProgram(program, args, options));
}

export function startProgram(program: string, args: readonly string[], options: ProgramOptions): ChildProcess {
  const { env, cwd, signal, family = false, reads = false, into = 'pipe', onLine, onOutput } = options;
  const child = spawn(program, args, { cwd, env, detached: family, stdio: [reads ? 'pipe' : 'ignore', into, 'pipe'] });
  if (onOutput !== undefined) child.stdout?.on('data', onOutput);
  else if (child.stdout !== null) eachLine(child.stdout, onLine);
  if (child.stderr !== null) eachLine(child.stderr, onLine);
  const stop = () => (family ? endFamily(child) : child.kill('SIGTERM'));
  if (signal.aborted) stop();
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

function endFamily({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** BuildKit tells of thousands of steps in one line; somebody else's line without end must not fill the memory. */
const longestLine = 8 * 1024 * 1024;

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    lines.forEach(onLine);
  });
  stream.once('end', () => {
    if (rest !== '') onLine(rest);
  });
}
