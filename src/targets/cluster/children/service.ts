import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { annotations } from '../../../objects/labels.ts';
import type { Release } from '../../../rollout/release.ts';
import { portName } from '../render/probes.ts';
import { adoptedSet } from '../replica-set.ts';
import { deploymentSelector, releaseSelector } from '../selectors.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { formatWeights } from '../traffic/weights.ts';
import { childOf } from './child.ts';

/** What requests inside the cluster go to. Without traffic to move it leads to the replicas of every release. */
export function serviceFor(
  deployment: Deployment,
  release: Release,
  traffic?: Traffic,
  more: Pick<Leading, 'name' | 'targetPort'> = {},
): KubeObject | undefined {
  const all = { release, selector: deploymentSelector(deployment), ...more };
  if (traffic === undefined) return leadingTo(deployment, all);
  const { service, weights } = traffic;
  if (service !== undefined) return leadingTo(deployment, leadTo(deployment, service));
  const notes = { [annotations.traffic]: formatWeights(weights) };
  return leadingTo(deployment, { ...all, notes });
}

/** To one release, with a note by which it is known where requests go. */
function leadTo(deployment: Deployment, release: Release) {
  const notes = { [annotations.traffic]: formatWeights(new Map([[release.number, 100]])) };
  return { release, selector: releaseSelector(deployment, release.name), notes };
}

/** Name of the Service that shows the release that comes before it gets traffic. */
export function previewName({ metadata }: Deployment): string {
  return `${metadata.name}-preview`;
}

export function previewFor(deployment: Deployment, release: Release): KubeObject | undefined {
  return leadingTo(deployment, { ...leadTo(deployment, release), name: previewName(deployment) });
}

/** What a route gives a share of the traffic to. It never leads to another release, so no change of a share can miss. */
export function releaseServiceFor(deployment: Deployment, release: Release): KubeObject | undefined {
  return leadingTo(deployment, { release, selector: releaseSelector(deployment, release.name), name: release.name });
}

interface Leading {
  /** The release whose port counts. */
  readonly release: Release;
  readonly selector: Record<string, string>;
  /** Default: the name that every release of our own gives its port. */
  readonly targetPort?: number | string | undefined;
  readonly name?: string;
  readonly notes?: Record<string, string>;
}

/** To each replica at the port that it listens on. None for a worker. */
function leadingTo(
  deployment: Deployment,
  { release, selector, targetPort = portName, ...meta }: Leading,
): KubeObject | undefined {
  const { port } = release.workload;
  if (port === undefined) return undefined;
  const ports = [{ name: portName, port, targetPort: adoptedSet(release)?.port ?? targetPort, protocol: 'TCP' }];
  return childOf(deployment, { spec: { type: 'ClusterIP', selector, ports } }, meta);
}

/** Pods that were taken over have no name for their port; as long as there may be some, a Service to all goes by its number. */
export function sharedPort({ workload }: Release, releases: readonly Release[]): number | undefined {
  const ports = releases.map((each) => adoptedSet(each)?.port);
  return ports.includes(workload.port) ? workload.port : undefined;
}
