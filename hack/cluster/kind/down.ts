import { rm } from 'node:fs/promises';
import { run } from '../../lib/run.ts';
import type { DriverContext } from '../driver.ts';
import { readRecord, removeRecord } from './record.ts';
import { registryState, removeRegistry } from './registry.ts';
import { clusters } from './up.ts';

/** Removes the cluster that this checkout made, then looks whether anything of it is left. */
export async function down({ paths, report, request }: DriverContext): Promise<void> {
  const record = await readRecord(paths);
  if (!record) return report.say(`no kind cluster "${request.name}" was made from here: nothing to remove`);
  const { cluster } = record;
  await run('kind', ['delete', 'cluster', '--name', cluster, '--kubeconfig', paths.kubeconfig], { timeoutMs: 120_000 });
  await removeRegistry(cluster);
  await assertGone(cluster);
  await rm(paths.kubeconfig, { force: true });
  await removeRecord(paths);
  report.say(
    `kind cluster ${cluster} removed; checked: no cluster, node container or registry container of it is left`,
  );
}

async function assertGone(cluster: string): Promise<void> {
  const nodes = ['ps', '--all', '--filter', `label=io.x-k8s.kind.cluster=${cluster}`, '--format', '{{.Names}}'];
  const left = (await run('docker', nodes)).stdout.split('\n').filter(Boolean);
  if ((await clusters()).includes(cluster)) left.push(`kind cluster ${cluster}`);
  if ((await registryState(cluster)) !== undefined) left.push('its registry');
  if (left.length > 0) throw new Error(`after removing the cluster ${cluster}, these are left: ${left.join(', ')}`);
}
