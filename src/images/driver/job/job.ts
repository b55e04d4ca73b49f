import type { PersistentVolumeClaim, Secret } from '../../../objects/core.ts';
import { labels, manager } from '../../../objects/labels.ts';
import type { Job } from '../../../objects/workloads.ts';
import { places } from '../../steps/plans.ts';
import type { BuildPlan } from '../driver.ts';
import { buildContainer, cloneContainer, pushContainer, user } from './containers.ts';
import { claimNameOf, jobNameOf, marksOf } from './names.ts';
import { type BuildNamespaceNames, cacheFor, dockerFor, type JobOptions, namespaceFor } from './options.ts';
import { buildSecretKey, volumesOf } from './volumes.ts';

/** The pod ends by its own deadline and keeps its containers' last words; the Job's is for a node that does not answer. */
const jobSlackSeconds = 120;
/** BuildKit has to write its cache's index. */
const graceSeconds = 20;

/**
 * The Job of one try. The steps are init containers, because they run one after the other and only when the one before
 * succeeded; so nothing of the build is alive when the credentials to push are.
 */
export function jobFor(plan: BuildPlan, options: JobOptions): Job {
  const marks = marksOf(plan);
  return {
    metadata: { namespace: namespaceFor(plan.trust, options), name: jobNameOf(plan), ...marks },
    spec: {
      // A try is never repeated by Kubernetes: whether another one makes sense depends on the cause.
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: plan.deadlineSeconds + jobSlackSeconds,
      ttlSecondsAfterFinished: options.keepSeconds,
      template: {
        metadata: marks,
        spec: {
          restartPolicy: 'Never',
          ...(hasUserNamespace(plan, options) && { hostUsers: false }),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          activeDeadlineSeconds: plan.deadlineSeconds,
          terminationGracePeriodSeconds: graceSeconds,
          securityContext: {
            seccompProfile: { type: 'RuntimeDefault' },
            ...(options.rootless && { fsGroup: user, fsGroupChangePolicy: 'OnRootMismatch' }),
          },
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          ...(options.pullSecrets.length > 0 && { imagePullSecrets: options.pullSecrets.map((name) => ({ name })) }),
          initContainers: [cloneContainer(plan, options), buildContainer(plan, options)],
          containers: [pushContainer(plan, options)],
          volumes: volumesOf(plan, options),
        },
      },
    },
  };
}

/** What only asks an Engine needs no rights, and meets the Engine's socket as the user that it belongs to. */
function hasUserNamespace({ trust }: BuildPlan, options: JobOptions): boolean {
  return !options.rootless && dockerFor(trust, options) === undefined;
}

/** Undefined when the build needs no credentials. */
export function secretFor(plan: BuildPlan, names: BuildNamespaceNames): Secret | undefined {
  const { authorization, ssh, registryLogin, buildSecrets = {} } = plan.credentials;
  const data = {
    ...(authorization !== undefined && { [places.authorization]: base64(authorization) }),
    ...(ssh && { [places.privateKey]: base64(ssh.privateKey), [places.knownHosts]: base64(ssh.knownHosts) }),
    ...(registryLogin !== undefined && { [places.registryLogin]: base64(registryLogin) }),
    ...Object.fromEntries(Object.entries(buildSecrets).map(([id, value]) => [buildSecretKey(id), value])),
  };
  if (Object.keys(data).length === 0) return undefined;
  const namespace = namespaceFor(plan.trust, names);
  return { metadata: { namespace, name: jobNameOf(plan), ...marksOf(plan) }, type: 'Opaque', immutable: true, data };
}

/** The volume that keeps BuildKit's state for the next build of the Project. */
export function claimFor(
  { projectUid, trust }: Pick<BuildPlan, 'projectUid' | 'trust'>,
  options: BuildNamespaceNames & Pick<JobOptions, 'cache' | 'docker'>,
): PersistentVolumeClaim | undefined {
  const cache = cacheFor(trust, options);
  if (cache === undefined) return undefined;
  return {
    metadata: {
      namespace: namespaceFor(trust, options),
      name: claimNameOf(projectUid),
      labels: { [labels.managedBy]: manager, [labels.projectUid]: projectUid },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(cache.storageClass !== undefined && { storageClassName: cache.storageClass }),
      // A build in progress needs room beside what is kept.
      resources: { requests: { storage: `${cache.megabytes * 2}Mi` } },
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
