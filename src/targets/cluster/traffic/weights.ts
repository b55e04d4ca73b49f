import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { annotations } from '../../../objects/labels.ts';
import type { Weights } from '../../../rollout/shift/gate.ts';
import { isOurs } from '../children/child.ts';

const written = /^\d{1,15}=\d{1,3}(,\d{1,15}=\d{1,3})*$/u;

/** As it stands on what leads the traffic: `4=90,5=10`, numbers of releases and percent. */
export function formatWeights(weights: Weights): string {
  const shares = [...weights].filter(([, weight]) => weight > 0).toSorted(([a], [b]) => a - b);
  return shares.map(([release, weight]) => `${release}=${weight}`).join(',');
}

/** Undefined where it is not ours, says nothing, or what nobody of us wrote. */
export function weightsOn(object: KubeObject | undefined, deployment: Deployment): Weights | undefined {
  const text = object?.metadata.annotations?.[annotations.traffic];
  if (object === undefined || !isOurs(object, deployment) || text === undefined || !written.test(text))
    return undefined;
  const weights = new Map(text.split(',').map((share) => share.split('=').map(Number) as [number, number]));
  return sumOf(weights) === 100 ? weights : undefined;
}

/** The one release that an object leads to; undefined where it leads to several, or nothing is known. */
export function leadOf(object: KubeObject | undefined, deployment: Deployment): number | undefined {
  const weights = weightsOn(object, deployment);
  return weights?.size === 1 ? [...weights.keys()][0] : undefined;
}

interface Ready {
  readonly release: number;
  readonly ready: number;
}

/** How a Service that leads to all replicas divides requests. `rest` gets what rounding leaves, and all when none is ready. */
export function evenWeights(sides: readonly Ready[], rest: number): Weights {
  const total = sides.reduce((all, { ready }) => all + ready, 0);
  const weights = new Map(
    sides.map(({ release, ready }) => [release, total === 0 ? 0 : Math.floor((100 * ready) / total)]),
  );
  return weights.set(rest, (weights.get(rest) ?? 0) + 100 - sumOf(weights));
}

function sumOf(weights: Weights): number {
  return [...weights.values()].reduce((total, weight) => total + weight, 0);
}
