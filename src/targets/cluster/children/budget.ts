import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { KubeObject } from '../../../kube/index.ts';
import type { Release } from '../../../rollout/release.ts';
import { deploymentSelector, releaseSelector } from '../selectors.ts';
import { settingsOf } from '../settings.ts';
import { childOf } from './child.ts';

/** A single replica gets none: its budget would keep every drain from ending. */
const fewest = 2;

/** For `main` alone where one release serves: a preview that does not start must not keep a node from being drained. */
export function budgetFor(deployment: Deployment, replicas: number, main?: Release): KubeObject | undefined {
  if (settingsOf(deployment).disruptionBudget === 'None' || replicas < fewest) return undefined;
  return childOf(deployment, {
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: main ? releaseSelector(deployment, main.name) : deploymentSelector(deployment) },
      // A replica that does not serve may always go; otherwise a crash loop keeps a node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}
