import type {
  V1ControllerRevision,
  V1Job,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import { namespacedResource, type Wire, type Wired } from './wire.ts';

export type PodTemplate = Wire<V1PodTemplateSpec>;
export type ReplicaSet = Wired<V1ReplicaSet>;
export type ControllerRevision = Wired<V1ControllerRevision>;
export type PodDisruptionBudget = Wired<V1PodDisruptionBudget>;
export type Job = Wired<V1Job>;

export const replicaSets = namespacedResource<ReplicaSet>('apps', 'v1', 'ReplicaSet', 'replicasets');
export const controllerRevisions = namespacedResource<ControllerRevision>(
  'apps',
  'v1',
  'ControllerRevision',
  'controllerrevisions',
);
export const jobs = namespacedResource<Job>('batch', 'v1', 'Job', 'jobs');
export const podDisruptionBudgets = namespacedResource<PodDisruptionBudget>(
  'policy',
  'v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
