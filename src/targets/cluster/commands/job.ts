import { createHash } from 'node:crypto';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { withController } from '../../../kube/index.ts';
import { annotations, labels } from '../../../objects/labels.ts';
import type { Job, PodTemplate } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import type { Command } from '../../commands.ts';
import { ownerOf } from '../owner.ts';
import { templateOf } from '../replica-set.ts';
import { commonLabels } from '../selectors.ts';
import { besideReplicas, commandTemplate } from './template.ts';

/** As long as a label's value, as the pods of a Job have its name as one. */
const longestName = 63;

/** The same for the same release, so that a try from before a crash is met again. */
export function jobNameOf({ name, uid }: Pick<Release, 'name' | 'uid'>, suffix: string): string {
  const whole = `${name}-${suffix}`;
  if (whole.length <= longestName) return whole;
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  const end = `-${digest}-${suffix}`;
  return `${name.slice(0, longestName - end.length)}${end}`;
}

/** The Job of a release command. The release owns it, so it goes when that leaves the history. */
export function hookJobFor(deployment: Deployment, { release, hook, attempt, ...settings }: Command): Job {
  const job = jobFor(deployment, release, {
    suffix: hook,
    kind: hook,
    seconds: settings.deadlineSeconds,
    retries: settings.retries,
    template: commandTemplate(templateOf(release), {
      ...settings,
      labels: { ...besideReplicas(deployment), ...ownLabels(deployment, hook) },
    }),
  });
  return { ...job, metadata: { ...job.metadata, annotations: { [annotations.attempt]: attempt } } };
}

export interface JobParts {
  readonly suffix: string;
  /** Value of `labels.command`. */
  readonly kind: string;
  readonly seconds: number;
  readonly retries: number;
  readonly template: PodTemplate;
  /** After that the cluster takes it away by itself. Default: it goes with its release. */
  readonly keptSeconds?: number;
}

export function jobFor(deployment: Deployment, release: Release, parts: JobParts): Job {
  const { namespace = '' } = deployment.metadata;
  const { seconds, retries, template, suffix, kind, keptSeconds } = parts;
  const own = { [labels.release]: release.name, ...ownLabels(deployment, kind) };
  const job: Job = {
    metadata: {
      namespace,
      name: jobNameOf(release, suffix),
      labels: { ...commonLabels(deployment), ...own },
    },
    spec: {
      activeDeadlineSeconds: seconds,
      backoffLimit: retries,
      ...(keptSeconds === undefined ? {} : { ttlSecondsAfterFinished: keptSeconds }),
      // No second try beside a first one that is still ending.
      podReplacementPolicy: 'Failed',
      template,
    },
  };
  return withController(job, ownerOf(release, namespace));
}

export function ownLabels({ metadata }: Deployment, kind: string): Record<string, string> {
  return { [labels.commandOf]: metadata.name, [labels.command]: kind };
}
