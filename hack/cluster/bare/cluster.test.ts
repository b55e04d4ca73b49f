import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readCluster, restoreCluster, withUsualDns } from './cluster.ts';
import { blockPorts } from './ports.ts';

it('takes the port of DNS that policies name, also for a cluster that was made before, unless somebody has it', async () => {
  const state = await mkdtemp(join(tmpdir(), 'vish-cluster-'));
  onTestFinished(() => rm(state, { recursive: true }));
  const paths = { checkout: state, state, kubeconfig: join(state, 'kubeconfig') };
  const network = { nodeAddress: '10.244.0.1', podRange: '10.244.0.0/16', serviceRange: '10.96.0.0/16' };
  const ports = blockPorts(20_000);
  const old = restoreCluster({ name: 'old', mode: 'full', hollowNodes: 0, ports, network }, paths);

  const kept = await withUsualDns(old, () => Promise.resolve(false));
  const changed = await withUsualDns(old, () => Promise.resolve(true));

  expect([kept.ports.dns, changed.ports.dns]).toEqual([ports.dns, 53]);
  expect((await readCluster(paths))?.ports).toEqual({ ...ports, dns: 53 });
});
