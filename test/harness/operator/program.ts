import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';

export interface Program {
  readonly pid: number;
  /** Both outputs, in the order in which they came. */
  readonly output: string;
  /** Undefined while it runs; 128 and more when a signal ended it. */
  readonly exitCode: number | undefined;
  /** Resolves with it. */
  readonly ended: Promise<number>;
  /** SIGTERM, then SIGKILL after `graceMs`. The exit code. Default 10 s. */
  stop(graceMs?: number): Promise<number>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

const maxOutput = 8 * 1024 * 1024;

/** A Node program as a process of its own. */
export function startProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const hear = (text: string) => (output = (output + text).slice(-maxOutput));
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  let exitCode: number | undefined;
  // Whoever is interrupted leaves nobody behind who goes on writing to the cluster.
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', endWithUs);
    return (exitCode = typeof code === 'number' ? code : 137);
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    get output() {
      return output;
    },
    get exitCode() {
      return exitCode;
    },
    ended,
    async stop(graceMs = 10_000) {
      child.kill('SIGTERM');
      const patience = new AbortController();
      const late = sleep(systemClock, graceMs, patience.signal).then(kill, () => undefined);
      const code = await ended;
      patience.abort();
      await late;
      return code;
    },
    kill,
  };
}
