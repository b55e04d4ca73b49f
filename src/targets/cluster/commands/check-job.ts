import { createHash } from 'node:crypto';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Job, PodTemplate } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import { templateOf } from '../replica-set.ts';
import { jobFor, ownLabels } from './job.ts';
import { besideReplicas, commandTemplate } from './template.ts';

/** One run of the command of a check. */
export interface CheckRun {
  readonly check: string;
  /** Tells it from all others of the check. */
  readonly due: string;
  readonly command: readonly string[];
  /** Default: the release's, with its configuration. */
  readonly image?: string | undefined;
  readonly seconds: number;
}

/** For who wants to read its log; the reading itself is taken at once. */
const keptSeconds = 600;

export function checkSuffix({ check, due }: Pick<CheckRun, 'check' | 'due'>): string {
  return `check-${createHash('sha256')
    .update(JSON.stringify([check, due]))
    .digest('hex')
    .slice(0, 8)}`;
}

/** Named after the release, the check and the measurement, so that one from before a crash is met and not repeated. */
export function checkJobFor(deployment: Deployment, release: Release, run: CheckRun): Job {
  const labels = { ...besideReplicas(deployment), ...ownLabels(deployment, 'check') };
  const whole = commandTemplate(templateOf(release), { command: run.command, labels });
  const template = run.image === undefined ? whole : withImage(whole, run.image);
  return jobFor(deployment, release, {
    suffix: checkSuffix(run),
    kind: 'check',
    seconds: run.seconds,
    retries: 0,
    template,
    keptSeconds,
  });
}

/** Another program is not given the variables, files and account of the app. */
function withImage(template: PodTemplate, image: string): PodTemplate {
  const [app] = template.spec?.containers ?? [];
  if (app === undefined) return template;
  const { env: _env, envFrom: _from, volumeMounts: _mounts, ...program } = app;
  const { volumes: _volumes, initContainers: _init, serviceAccountName: _account, ...shape } = template.spec ?? {};
  const containers = [{ ...program, image }];
  return { ...template, spec: { ...shape, automountServiceAccountToken: false, containers } };
}
