import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Binaries } from '../build/builder.ts';
import { run } from '../run.ts';
import type { Cluster } from './cluster.ts';
import { kubeconfigOf } from './kubeconfig.ts';

const retryDeadlineMs = 20_000;

/** Runs this cluster's own kubectl against it, whatever the user's environment names. */
export async function kubectl(
  cluster: Cluster,
  binaries: Binaries,
  args: readonly string[],
  input = '',
): Promise<string> {
  const command = binaries['kubectl'];
  if (command === undefined) throw new Error('kubectl is not among the built tools');
  const { stdout } = await run(command, [`--kubeconfig=${kubeconfigOf(cluster, 'admin')}`, ...args], { input });
  return stdout;
}

/**
 * Applies objects server-side. Right after its start the server lacks a few things that appear by themselves
 * (namespaces, default roles), so a refusal is tried again for a while.
 */
export async function apply(cluster: Cluster, binaries: Binaries, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await applyWith(cluster, binaries, ['-f', '-'], JSON.stringify(list));
}

/** Applies every manifest in a folder. */
export async function applyFolder(cluster: Cluster, binaries: Binaries, folder: string): Promise<void> {
  await applyWith(cluster, binaries, ['-f', folder], '');
}

async function applyWith(
  cluster: Cluster,
  binaries: Binaries,
  source: readonly string[],
  input: string,
): Promise<void> {
  const deadline = systemClock.monotonic() + retryDeadlineMs;
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=vish-cluster', ...source];
  for (;;) {
    try {
      await kubectl(cluster, binaries, args, input);
      return;
    } catch (error) {
      if (systemClock.monotonic() > deadline) throw error;
      await sleep(systemClock, 300);
    }
  }
}
