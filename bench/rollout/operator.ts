import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bundle } from '../../hack/build/bundle.ts';
import { type LocalOperator, startLocalOperator } from '../../test/harness/operator/local-operator.ts';
import { shippedProcess } from '../runtime/shipped.ts';
import { outfile } from '../skeleton/start.ts';

/** The bundle that the image holds, started as the image starts it; `program` must have been bundled. */
export function startShipped(kubeconfig: string, args: readonly string[] = []): Promise<LocalOperator> {
  const { flags, env } = shippedProcess(readFileSync('Dockerfile', 'utf8'));
  const node = { NODE_ENV: 'production', NODE_OPTIONS: flags.join(' ') };
  return startLocalOperator({ kubeconfig, args, program: resolve(outfile), env: { ...env, ...node } });
}

export async function bundleOperator(): Promise<void> {
  await bundle({ entry: 'src/main.ts', outfile });
}

/** What it took at most since its start, and what it takes now, in MiB. */
export function residentMemory(pid: number): { highest: number; now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const figure = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { highest: figure('VmHWM'), now: figure('VmRSS') };
}
