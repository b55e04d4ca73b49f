import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { rolling } from '../../../crds/strategy/strategy.ts';
import { canonical, type Stored } from '../../../kube/index.ts';
import { annotations, labels } from '../../../objects/labels.ts';
import type { AppsDeployment, PodTemplate, ReplicaSet } from '../../../objects/workloads.ts';
import { hashLabel, labelsToKeep } from '../adoption/found.ts';

type Spec = NonNullable<AppsDeployment['spec']>;

/**
 * The apps/v1 Deployment that takes a ReplicaSet for its newest one. It is paused: until it owns the ReplicaSet, it would
 * make another one.
 */
export function wantedDeployment(name: string, set: Stored<ReplicaSet>, deployment: Deployment): AppsDeployment {
  const { uid = '', namespace = '' } = deployment.metadata;
  const { replicas = 1, minReadySeconds = 0 } = set.spec ?? {};
  const { progressDeadlineSeconds } = deployment.spec.strategy;
  return {
    metadata: { namespace, name, annotations: { [annotations.handedOverBy]: uid } },
    spec: {
      paused: true,
      replicas,
      minReadySeconds,
      progressDeadlineSeconds,
      selector: { matchLabels: selectorOf(set) },
      template: withoutHash(set.spec?.template ?? {}),
      strategy: strategyOf(deployment),
    },
  };
}

/** Made by us in this hand-over, perhaps just before a crash. */
export function isMadeFor({ metadata }: AppsDeployment, deployment: Deployment): boolean {
  return metadata.annotations?.[annotations.handedOverBy] === deployment.metadata.uid;
}

/** As apps/v1 compares them: nothing else makes a ReplicaSet its newest one. */
export function isSameTemplate(apps: AppsDeployment, set: ReplicaSet): boolean {
  const [one, other] = [apps.spec?.template ?? {}, set.spec?.template ?? {}];
  return canonical(withoutHash(one)) === canonical(withoutHash(other));
}

/**
 * Of the labels that the ReplicaSet selects by, which no one can change, those that a next one has too. What apps/v1
 * selected by before it was taken over is so what it selects by again.
 */
function selectorOf({ spec }: ReplicaSet): Record<string, string> {
  const { [hashLabel]: _, [labels.release]: __, ...kept } = spec?.selector.matchLabels ?? {};
  return kept;
}

function withoutHash(template: PodTemplate): PodTemplate {
  return { ...template, metadata: { ...template.metadata, labels: labelsToKeep(template) } };
}

/** BlueGreen and Canary are unknown there; what they never do is to serve with fewer. */
function strategyOf({ spec: { strategy } }: Deployment): NonNullable<Spec['strategy']> {
  if (strategy.type === 'Recreate') return { type: 'Recreate' };
  const { maxSurge, maxUnavailable } = strategy.rolling ?? rolling.parse({});
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
}
