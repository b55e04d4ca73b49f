import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';

export interface Running extends AsyncDisposable {
  /** The end of what it printed. */
  output(): string;
}

const startDeadlineMs = 30_000;

/** Starts a program and waits until `ready` says so; disposing ends it and waits until it is gone. */
export async function start(program: string, args: string[], ready: () => Promise<boolean>): Promise<Running> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed = (printed + String(chunk)).slice(-10_000)));
  }
  const ended = once(child, 'close');
  const running = {
    output: () => printed,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
  const deadline = systemClock.monotonic() + startDeadlineMs;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || systemClock.monotonic() > deadline) {
      await running[Symbol.asyncDispose]();
      throw new Error(`${program} did not become ready: ${printed}`);
    }
    await sleep(systemClock, 50);
  }
  return running;
}
