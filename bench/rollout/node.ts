import { Registry } from '../../hack/cluster/images/oci/registry.ts';
import type { Clock } from '../../src/seams/clock.ts';
import type { LocalOperator } from '../../test/harness/operator/local-operator.ts';
import { namespaces } from '../../test/support/resources.ts';
import { clear, openWorld, tool, type World } from '../skeleton/world.ts';
import { bundleOperator, startShipped } from './operator.ts';

/** The local cluster with its kubelet and gateway, and the operator beside it, so that it can be killed and is back at once. */
export interface NodeWorld extends World {
  readonly namespace: string;
  readonly clock: Clock;
  operator: LocalOperator;
  /** By digest, so that nobody asks the registry meanwhile. */
  readonly image: (repository: string, tag: string) => Promise<string>;
  close(): Promise<void>;
}

export const namespace = 'bench-rollout';

export async function openNodeWorld(clock: Clock): Promise<NodeWorld> {
  const world = await openWorld();
  // First: what is cleared is of these kinds, and a fresh cluster knows none of them.
  await tool(world, 'kubectl', 'apply --server-side --force-conflicts -f config/crd');
  await tool(world, 'kubectl', 'wait --for=condition=Established crd --all --timeout=60s');
  await clear(world);
  await tool(world, 'kubectl', `delete namespace ${namespace} --ignore-not-found --wait`);
  await world.api.client.create(namespaces, { metadata: { name: namespace } });
  await bundleOperator();
  const registry = new Registry({ url: `http://${world.registry}` });
  const opened: NodeWorld = {
    ...world,
    namespace,
    clock,
    operator: await startShipped(world.kubeconfig),
    async image(repository, tag) {
      const digest = await registry.digestOfTag(repository, tag);
      if (digest === undefined) throw new Error(`the local registry has no ${repository}:${tag}`);
      return `${world.registry}/${repository}@${digest}`;
    },
    async close() {
      await tool(world, 'kubectl', `delete deployments.vish.dev --all --namespace ${namespace} --wait`);
      await opened.operator.stop();
      await tool(world, 'kubectl', `delete namespace ${namespace} --wait`);
      await world.api.close();
    },
  };
  return opened;
}
