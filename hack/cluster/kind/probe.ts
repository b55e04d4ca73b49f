import { run } from '../../lib/run.ts';
import type { Probe } from '../driver.ts';
import { images } from './names.ts';

interface Step {
  command: [string, ...string[]];
  /** What to tell when it fails. */
  otherwise: string;
  timeoutMs: number;
}

const steps: readonly Step[] = [
  { command: ['docker', '--version'], otherwise: 'docker is not installed', timeoutMs: 10_000 },
  { command: ['docker', 'info'], otherwise: 'the Docker Engine does not answer', timeoutMs: 10_000 },
  { command: ['kind', 'version'], otherwise: 'kind is not installed', timeoutMs: 10_000 },
  { command: ['kubectl', 'version', '--client'], otherwise: 'kubectl is not installed', timeoutMs: 10_000 },
];

/** Asks in order of cost; the first "no" is the answer. Nothing is changed or pulled. */
export async function probeKind(): Promise<Probe> {
  for (const { command, otherwise, timeoutMs } of steps) {
    if (!(await works(command, timeoutMs))) return { usable: false, why: otherwise };
  }
  if (await hasNodeImage()) return { usable: true, why: `Docker and kind work, and ${images.node} can be had` };
  return { usable: false, why: `the node image ${images.node} is not here and cannot be pulled` };
}

async function hasNodeImage(): Promise<boolean> {
  if (await works(['docker', 'image', 'inspect', images.node], 10_000)) return true;
  return works(['docker', 'manifest', 'inspect', images.node], 15_000);
}

/** A tool that hangs is as good as none. */
async function works([program, ...args]: [string, ...string[]], timeoutMs: number): Promise<boolean> {
  const result = await run(program, args, { allowFailure: true, timeoutMs }).catch(() => undefined);
  return result?.code === 0;
}
