import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { Strategy } from '../../../crds/strategy/strategy.ts';

type Spec = Pick<DeploymentSpec, 'strategy' | 'target'>;

/** A Canary whose traffic nothing divides: a share of the traffic is a share of the replicas there. */
export function isByReplicas({ strategy, target }: Spec): boolean {
  return strategy.type === 'Canary' && target.cluster !== undefined && target.cluster.gateway === undefined;
}

/** The strategy as it can be done here: a release that is kept warm would get traffic where replicas decide. */
export function planOf(spec: Spec): Strategy {
  const { strategy } = spec;
  if (strategy.canary === undefined || !isByReplicas(spec)) return strategy;
  return { ...strategy, canary: { ...strategy.canary, previous: { warm: 'None', warmSeconds: 0 } } };
}

/** What is done otherwise than it was asked for. */
export function hintsOf(spec: Spec): string[] | undefined {
  if (!isByReplicas(spec)) return undefined;
  return [
    'Without target.cluster.gateway a share of the traffic is a share of the replicas, rounded up, and the release before is not kept warm.',
  ];
}
