import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { bundle } from '../../hack/build/bundle.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { shippedProcess } from '../runtime/shipped.ts';

export interface OperatorFigures {
  /** From the start of the process until it says that it is ready. */
  readySeconds: number;
  /** Resident memory when nothing happens, in MiB. */
  rssMebibytes: number;
}

export interface MeasureOptions {
  clock: Clock;
  kubeconfig: string;
  /** A namespace for the Lease; must exist. */
  namespace: string;
  /** How long nothing happens before memory is read. */
  idleMs: number;
}

/** The bundle that the image holds. */
export const outfile = '.vish/bench/vish.js';
const deadlineMs = 30_000;

/** Starts the shipped bundle as the image starts it, once. */
export async function measureOperator(options: MeasureOptions): Promise<OperatorFigures> {
  const { clock, kubeconfig, namespace, idleMs } = options;
  await bundle({ entry: 'src/main.ts', outfile });
  const flags = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--health-port=18081', '--metrics-port=18080'];
  const began = clock.monotonic();
  // With node's own program, not whatever stands first on PATH under that name.
  const shipped = shippedProcess(readFileSync('Dockerfile', 'utf8'));
  const child = spawn(process.execPath, [...shipped.flags, outfile, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...shipped.env, NODE_ENV: 'production' },
  });
  try {
    await ready(clock, child);
    const readySeconds = (clock.monotonic() - began) / 1000;
    await sleep(clock, idleMs);
    const status = readFileSync(join('/proc', String(child.pid), 'status'), 'utf8');
    return { readySeconds, rssMebibytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024 };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

async function ready(clock: Clock, child: ChildProcess): Promise<void> {
  const deadline = clock.monotonic() + deadlineMs;
  while (!(await answers('http://127.0.0.1:18081/readyz'))) {
    if (child.exitCode !== null) throw new Error(`the operator ended with ${child.exitCode} before it was ready`);
    if (clock.monotonic() > deadline) throw new Error(`the operator was not ready within ${deadlineMs / 1000} s`);
    await sleep(clock, 5);
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await request(url).catch(() => undefined);
  await answer?.body.dump();
  return answer?.statusCode === 200;
}
