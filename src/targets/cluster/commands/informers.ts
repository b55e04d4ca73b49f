import type { Informer, Informers, KubeObject, Stored } from '../../../kube/index.ts';
import { type Pod, pods } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import { trimPod } from '../pods.ts';

/** Apart from what replicas are read by: a cluster that does not show Jobs still runs releases without commands. */
export interface CommandInformers {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
}

const byDeployment = 'vish-command-of';
const byJob = 'vish-job';
const jobName = 'batch.kubernetes.io/job-name';

export function commandInformers(cache: Informers): CommandInformers {
  const labelSelector = labels.commandOf;
  const informers = {
    jobs: cache.informer(jobs, { labelSelector, transform: trimJob }),
    pods: cache.informer(pods, { labelSelector, transform: trimPod }),
  };
  informers.jobs.addIndex(byDeployment, commandKeys);
  informers.pods.addIndex(byJob, jobKeys);
  return informers;
}

export function jobsOf({ jobs: { store } }: CommandInformers, deploymentKey: string): Stored<Job>[] {
  return store.byIndex(byDeployment, deploymentKey);
}

export function podsOfJob({ pods: { store } }: CommandInformers, { metadata }: Stored<Job>): Stored<Pod>[] {
  return store.byIndex(byJob, `${metadata.namespace}/${metadata.name}`);
}

function jobKeys({ metadata }: KubeObject): readonly string[] {
  return [`${metadata.namespace}/${metadata.labels?.[jobName] ?? ''}`];
}

/** Keys of the Deployment that a Job or its pod was made for. */
export function commandKeys({ metadata }: KubeObject): readonly string[] {
  const name = metadata.labels?.[labels.commandOf];
  return name === undefined ? [] : [`${metadata.namespace ?? ''}/${name}`];
}

/** The template is the larger part, and the release holds it. */
function trimJob(job: Stored<Job>): Stored<Job> {
  delete job.spec;
  return job;
}
