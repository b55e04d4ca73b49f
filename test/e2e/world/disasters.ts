import { bareDriver } from '../../../hack/cluster/bare/driver.ts';
import { pods } from '../../../src/objects/core.ts';
import { unmarked } from '../../harness/leaks/processes.ts';
import { killProcessesOf } from '../../harness/operator/pod-processes.ts';
import { defaultContext } from '../../support/node.ts';
import { systemNamespace } from './places.ts';
import type { World } from './world.ts';

const silent = { terminal: false, say: () => undefined, progress: () => undefined };
const context = () => ({ ...defaultContext(), report: silent });

/** Pods go on; nothing new starts, and nothing ends. */
export async function killKubelet(): Promise<void> {
  const { parts } = await bareDriver.status(context());
  process.kill(parts.find(({ name }) => name === 'kubelet')?.pid ?? Number.NaN, 'SIGKILL');
}

export async function startKubelet(): Promise<void> {
  // It was there before the file began, and stays.
  await unmarked(() => bareDriver.up(context()));
}

/** As when the machine is switched off and on: no process of the cluster is left in between, and everything starts at once. */
export async function switchOffAndOn(): Promise<void> {
  await bareDriver.down(context());
  await unmarked(() => bareDriver.up(context()));
}

/** Both replicas at once; kubelet starts them again. */
export async function killOperator({ api }: World): Promise<void> {
  const { items } = await api.client.list(pods, { namespace: systemNamespace });
  const killed = await Promise.all(items.map(({ metadata }) => killProcessesOf(metadata.uid)));
  if (killed.some((count) => count === 0))
    throw new Error(`not every pod of the operator was killed: ${killed.join(', ')}`);
}
