import type {
  V1ControllerRevision,
  V1CronJob,
  V1Deployment,
  V1Job,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import type { KubeObject } from '../kube/index.ts';
import { namespacedResource, type Wire, type Wired } from './wire.ts';

export type PodTemplate = Wire<V1PodTemplateSpec>;
export type ReplicaSet = Wired<V1ReplicaSet>;
export type ControllerRevision = Wired<V1ControllerRevision>;
export type PodDisruptionBudget = Wired<V1PodDisruptionBudget>;
export type Job = Wired<V1Job>;
export type CronJob = Wired<V1CronJob>;
export type AppsDeployment = Wired<V1Deployment>;

/** As far as it is read: what it scales. */
export interface Autoscaler extends KubeObject {
  spec: { scaleTargetRef: { apiVersion?: string; kind: string; name: string } };
}

export const replicaSets = namespacedResource<ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets');
export const controllerRevisions = namespacedResource<ControllerRevision>(
  'apps',
  'v1',
  'ControllerRevision',
  'controllerrevisions',
);
/** Not ours: `deployments` is the one of vish.dev. */
export const appsDeployments = namespacedResource<AppsDeployment>('apps', 'v1', 'Deployment', 'deployments');
export const autoscalers = namespacedResource<Autoscaler>(
  'autoscaling',
  'v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const jobs = namespacedResource<Job>('batch', 'v1', 'Job', 'jobs');
export const cronJobs = namespacedResource<CronJob>('batch', 'v1', 'CronJob', 'cronjobs');
export const podDisruptionBudgets = namespacedResource<PodDisruptionBudget>(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
