import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leases } from '../../src/kube/leader/lease.ts';
import { type KeptOperator, keepOperator } from '../harness/operator/kept-operator.ts';
import { kubeconfigOf, type Way } from '../harness/operator/kubeconfig.ts';
import { startTcpLayer, type TcpLayer } from '../support/fault-proxy/tcp-layer.ts';
import { namespaces } from '../support/resources.ts';
import { until } from '../support/until.ts';
import type { OutageWorld } from './world.ts';

export interface OperatorWish {
  /** The namespaces that it looks at, so that several operators can work side by side. The first one names it. */
  readonly sees: readonly [string, ...string[]];
  readonly user: NonNullable<Way['user']>;
  readonly env?: NodeJS.ProcessEnv;
}

export interface TownOperator {
  readonly kept: KeptOperator;
  /** Its way to the API server, and nobody else's. */
  readonly layer: TcpLayer;
  /** Starts another replica, which stands by. */
  readonly addReplica: () => Promise<KeptOperator>;
  /** Who leads, and how often that has changed. */
  readonly lease: () => Promise<{ readonly holder: string; readonly transitions: number }>;
}

/** An operator that leads; it goes with the world. */
export async function startOperator(world: OutageWorld, { sees, user, env = {} }: OperatorWish): Promise<TownOperator> {
  const { client } = world.api;
  const namespace = `${sees[0]}-operator`;
  await client.create(namespaces, { metadata: { name: namespace } });
  const layer = await startTcpLayer(Number(new URL(world.address.url).port));
  world.onClose(() => layer.close());
  const folder = join(world.folder, namespace);
  await mkdir(folder);
  const [kubeconfig, config] = [join(folder, 'kubeconfig'), join(folder, 'settings.yaml')];
  const server = `https://127.0.0.1:${layer.port}`;
  await writeFile(kubeconfig, kubeconfigOf({ server, ca: world.address.ca, namespace, user }), { mode: 0o600 });
  await writeFile(config, JSON.stringify({ namespaces: sees }));
  const addReplica = async () => {
    const replica = await keepOperator({ kubeconfig, program: world.program, args: [`--config=${config}`], env });
    world.onClose(() => replica.stop());
    return replica;
  };
  const kept = await addReplica();
  const lease = async () => {
    const { spec } = await client.get(leases, { namespace, name: 'vish' });
    return { holder: spec?.holderIdentity ?? '', transitions: spec?.leaseTransitions ?? 0 };
  };
  await until(async () => (await lease()).holder !== '', { deadlineMs: 30_000 });
  return { kept, layer, addReplica, lease };
}
