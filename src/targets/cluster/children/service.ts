import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import type { Release } from '../../../rollout/release.ts';
import { portName } from '../render/probes.ts';
import { deploymentSelector } from '../selectors.ts';
import { childOf } from './child.ts';

/** Leads to the replicas of every release, to each at the port that it listens on. None for a worker. */
export function serviceFor(deployment: Deployment, { workload: { port } }: Release): KubeObject | undefined {
  if (port === undefined) return undefined;
  const ports = [{ name: portName, port, targetPort: portName, protocol: 'TCP' }];
  return childOf(deployment, { spec: { type: 'ClusterIP', selector: deploymentSelector(deployment), ports } });
}
