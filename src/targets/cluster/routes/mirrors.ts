import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type Client, isKubeError, Lru } from '../../../kube/index.ts';
import { gatewayClasses, gateways, type ParentRef } from '../../../objects/routes.ts';
import type { Clock } from '../../../seams/clock.ts';
import { TargetError } from '../../target.ts';
import { settingsOf } from '../settings.ts';

export interface MirrorsOptions {
  readonly client: Pick<Client, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Features change with an update of the data plane; and a rollout asks at every look. */
const remembered = { maxEntries: 1000, ttlMs: 5 * 60_000 };
const whole = 'HTTPRouteRequestMirror';
const part = 'HTTPRouteRequestPercentageMirror';

/** Knows which Gateways can send copies of requests. An implementation that cannot would refuse the route, or drop it in silence. */
export class Mirrors {
  private readonly client: MirrorsOptions['client'];
  private readonly features: Lru<readonly string[]>;

  constructor({ client, clock }: MirrorsOptions) {
    this.client = client;
    this.features = new Lru({ clock, ...remembered });
  }

  async refuse(deployment: Deployment, signal: AbortSignal): Promise<void> {
    const obstacle = await this.obstacleOf(deployment, signal);
    if (obstacle !== undefined) throw obstacle;
  }

  /** Why the steps of the Deployment cannot be taken; undefined also where none of them mirrors. */
  async obstacleOf(deployment: Deployment, signal: AbortSignal): Promise<TargetError | undefined> {
    const wanted = featuresFor(deployment);
    if (wanted.length === 0) return undefined;
    const { kind, parentRefs = [] } = settingsOf(deployment).gateway ?? {};
    if (kind === 'GRPCRoute') return refusal('a GRPCRoute has no feature by which a Gateway could say that it mirrors');
    const { namespace = '' } = deployment.metadata;
    for (const parent of parentRefs) {
      const known = await this.featuresOf({ name: parent.name, namespace: parent.namespace ?? namespace }, signal);
      const missing = wanted.find((feature) => !known.includes(feature));
      if (missing !== undefined) return refusal(`the class of Gateway ${parent.name} does not report ${missing}`);
    }
    return undefined;
  }

  private async featuresOf({ name, namespace = '' }: ParentRef, signal: AbortSignal): Promise<readonly string[]> {
    const id = `${namespace}/${name}`;
    const features = this.features.get(id) ?? (await this.read({ name, namespace }, signal));
    this.features.set(id, features);
    return features;
  }

  private async read(key: { name: string; namespace: string }, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const { spec } = await this.client.get(gateways, key, { signal });
      const { status } = await this.client.get(gatewayClasses, { name: spec.gatewayClassName }, { signal });
      return (status?.supportedFeatures ?? []).map((feature) => (typeof feature === 'string' ? feature : feature.name));
    } catch (error) {
      // Nobody says that it can. With rights in some namespaces only, a class cannot be read: it is of the whole cluster.
      const silent = ['NotFound', 'Unsupported', 'Forbidden'] as const;
      if (silent.some((code) => isKubeError(error, code))) return [];
      throw error;
    }
  }
}

function featuresFor({ spec }: Deployment): string[] {
  const shares = (spec.strategy.canary?.steps ?? []).map(({ mirrorPercent = 0 }) => mirrorPercent);
  if (shares.every((share) => share === 0)) return [];
  return shares.some((share) => share > 0 && share < 100) ? [whole, part] : [whole];
}

function refusal(why: string): TargetError {
  return new TargetError(
    'Unsupported',
    `a step of mirrorPercent cannot be done: ${why}; use steps of headers or weight.`,
  );
}
