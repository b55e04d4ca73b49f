import type { Binding, FindTarget } from '../controllers/deployment/ports.ts';
import { notUsable } from '../controllers/target/use.ts';
import type { Target as TargetObject } from '../crds/target/target.ts';
import type { Store } from '../kube/index.ts';
import type { Target } from '../targets/target.ts';

export interface Places {
  readonly cluster: Target;
  readonly ecs: Target;
  readonly targets: Pick<Store<TargetObject>, 'get'>;
}

/** ECS tells nothing by itself; its limits allow far more than this. */
const ecsPollMs = 10_000;

/** The one table of places: a new one is a line here. */
export function createFindTarget({ cluster, ecs, targets }: Places): FindTarget {
  const here: Binding = { target: cluster, outside: false };
  const onEcs: Binding = { target: ecs, memoryIn: 'ecs', outside: true, pollMs: ecsPollMs };
  return (deployment) => {
    const { metadata, spec } = deployment;
    const { target } = spec;
    if (target.ref === undefined) return here;
    const { namespace = '' } = metadata;
    const found = targets.get(`${namespace}/${target.ref.name}`);
    if (found !== undefined) return notUsable(found, deployment) ?? onEcs;
    const message = `there is no Target ${target.ref.name} in the namespace ${namespace}; create it`;
    return { reason: 'TargetNotFound', message };
  };
}
