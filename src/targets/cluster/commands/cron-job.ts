import { createHash } from 'node:crypto';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Schedule } from '../../../crds/workload/jobs.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { labels } from '../../../objects/labels.ts';
import type { Release } from '../../../rollout/release.ts';
import { childOf } from '../children/child.ts';
import { templateOf } from '../replica-set.ts';
import { commonLabels } from '../selectors.ts';
import { besideReplicas, commandTemplate } from './template.ts';

/** The API server's limit: eleven less than a Job may have, which is what the times of the runs take. */
const longestName = 52;
/**
 * Later than this a run is left out. Without a limit all that was missed while it stood still, or while the cluster was
 * down, would start at once.
 */
const startingDeadlineSeconds = 120;

export function cronJobNameOf({ metadata }: Deployment, schedule: string): string {
  const whole = `${metadata.name}-${schedule}`;
  if (whole.length <= longestName) return whole;
  const end = `-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
  return `${whole.slice(0, longestName - end.length)}${end}`;
}

/** One schedule, run by this release; the Deployment owns it. */
export function cronJobFor(
  deployment: Deployment,
  { name, cron, timeZone, overlap, command, deadlineSeconds }: Schedule,
  { release, suspend }: { release: Release; suspend: boolean },
): KubeObject {
  const own = { [labels.scheduleOf]: deployment.metadata.name, [labels.schedule]: name };
  const template = commandTemplate(templateOf(release), { command, labels: { ...besideReplicas(deployment), ...own } });
  const spec = {
    schedule: cron,
    timeZone,
    concurrencyPolicy: overlap,
    startingDeadlineSeconds,
    suspend,
    jobTemplate: {
      metadata: { labels: { ...commonLabels(deployment), ...own } },
      spec: { activeDeadlineSeconds: deadlineSeconds, backoffLimit: 0, podReplacementPolicy: 'Failed', template },
    },
  };
  return childOf(deployment, { spec }, { name: cronJobNameOf(deployment, name) });
}
