import type { Trust } from '../../../crds/build/status.ts';
import type { Informer, Informers, KubeObject } from '../../../kube/index.ts';
import { type Pod, persistentVolumeClaims, pods, secrets } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import { type BuildNamespaceNames, namespaceFor } from './options.ts';

/** What lives in the namespace of one trust level, as caches show it. Secrets by their metadata alone. */
export interface BuildNamespace {
  readonly name: string;
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly secrets: Informer<KubeObject>;
}

/**
 * Each trust level by itself and never merged: what somebody put into the other namespace, with the labels and the name of a
 * build, would pass for that build otherwise.
 */
export interface BuildNamespaces extends Readonly<Record<Trust, BuildNamespace>> {
  /** Of trusted builds: the others have none, and the operator no right to look there. */
  readonly claims: Informer<KubeObject>;
}

/** Index of pods by the name of their Job. */
export const byJob = 'build-job';
const jobNameLabel = 'batch.kubernetes.io/job-name';

export function watchBuildNamespaces(cache: Informers, names: BuildNamespaceNames): BuildNamespaces {
  const namespace = namespaceFor('Trusted', names);
  return {
    Trusted: watch(cache, namespace),
    Untrusted: watch(cache, namespaceFor('Untrusted', names)),
    claims: cache.metadataInformer(persistentVolumeClaims, { namespace, labelSelector: labels.projectUid }),
  };
}

function watch(cache: Informers, name: string): BuildNamespace {
  const scope = { namespace: name, labelSelector: labels.buildUid };
  const watched = {
    name,
    jobs: cache.informer(jobs, scope),
    pods: cache.informer(pods, scope),
    secrets: cache.metadataInformer(secrets, scope),
  };
  watched.pods.addIndex(byJob, jobNameIn);
  return watched;
}

function jobNameIn({ metadata }: Pod): string[] {
  return [metadata.labels?.[jobNameLabel] ?? ''];
}

export function eachOf({ Trusted, Untrusted }: BuildNamespaces): readonly BuildNamespace[] {
  return [Trusted, Untrusted];
}
