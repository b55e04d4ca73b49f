import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { deploymentSelector } from '../selectors.ts';
import { settingsOf } from '../settings.ts';
import { childOf } from './child.ts';

/** A single replica gets none: its budget would keep every drain from ending. */
const fewest = 2;

export function budgetFor(deployment: Deployment, replicas: number): KubeObject | undefined {
  if (settingsOf(deployment).disruptionBudget === 'None' || replicas < fewest) return undefined;
  return childOf(deployment, {
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: deploymentSelector(deployment) },
      // A replica that does not serve may always go; otherwise a crash loop keeps a node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}
