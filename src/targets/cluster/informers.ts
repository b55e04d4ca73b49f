import type { Informer, Informers, KubeObject, Stored } from '../../kube/index.ts';
import { type Pod, pods, services } from '../../objects/core.ts';
import { labels } from '../../objects/labels.ts';
import { podDisruptionBudgets, type ReplicaSet, replicaSets } from '../../objects/workloads.ts';
import { trimPod } from './pods.ts';

/** What the target reads. All of it is shared: whoever asks the cache for the same gets the same. */
export interface ClusterInformers {
  readonly replicaSets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
  /** Of everybody, so that a foreign object of the same name is seen before it is overwritten; metadata alone is small. */
  readonly services: Informer<KubeObject>;
  readonly budgets: Informer<KubeObject>;
}

const byDeployment = 'vish-deployment';

export function clusterInformers(cache: Informers): ClusterInformers {
  const labelSelector = labels.deployment;
  const informers = {
    replicaSets: cache.informer(replicaSets, { labelSelector, transform: trimReplicaSet }),
    pods: cache.informer(pods, { labelSelector, transform: trimPod }),
    services: cache.metadataInformer(services),
    budgets: cache.metadataInformer(podDisruptionBudgets),
  };
  informers.pods.addIndex(byDeployment, deploymentKeys);
  return informers;
}

export function haveSynced(informers: ClusterInformers): boolean {
  return Object.values(informers).every((informer: Informer<KubeObject>) => informer.hasSynced());
}

export function podsOf(informers: ClusterInformers, deploymentKey: string): Stored<Pod>[] {
  return informers.pods.store.byIndex(byDeployment, deploymentKey);
}

/** Keys of the Deployment that a ReplicaSet or pod was made for; the owner of a ReplicaSet is its release. */
export function deploymentKeys({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[labels.deployment];
  return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
}

/** The template is the larger part, and the release holds it. */
function trimReplicaSet(set: Stored<ReplicaSet>): Stored<ReplicaSet> {
  if (set.spec !== undefined) delete set.spec.template;
  return set;
}
