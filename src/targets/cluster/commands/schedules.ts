import { type Informer, type Informers, type KubeObject, keyOf } from '../../../kube/index.ts';
import { cronJobs } from '../../../objects/workloads.ts';
import type { Scheduling } from '../../commands.ts';
import type { Scope } from '../../target.ts';
import { type Child, refuseForeign } from '../children/child.ts';
import { deploymentKeys } from '../informers.ts';
import type { Writes } from '../writes.ts';
import { cronJobFor, cronJobNameOf } from './cron-job.ts';

const byDeployment = 'vish-deployment';

/** Of everybody, so that a foreign one of the same name is seen before it is overwritten. */
export function scheduleInformer(cache: Informers): Informer<KubeObject> {
  const informer = cache.metadataInformer(cronJobs);
  informer.addIndex(byDeployment, deploymentKeys);
  return informer;
}

export interface SchedulesOptions {
  readonly informer: Informer<KubeObject>;
  readonly writes: Writes;
}

export async function keepSchedules({ informer, writes }: SchedulesOptions, scope: Scope, wanted: Scheduling) {
  if (!informer.hasSynced()) return;
  const children = schedulesOf(informer, scope, wanted);
  refuseForeign(scope.deployment, children);
  await Promise.all(children.map((child) => writes.keep(child, scope)));
}

function schedulesOf({ store }: Informer<KubeObject>, { deployment }: Scope, scheduling: Scheduling): Child[] {
  const { schedules, live, newest } = scheduling;
  const release = live ?? newest;
  const wanted = release === undefined ? [] : schedules;
  const { namespace = '' } = deployment.metadata;
  const names = new Set(wanted.map(({ name }) => cronJobNameOf(deployment, name)));
  const left = store.byIndex(byDeployment, keyOf(deployment)).filter(({ metadata }) => !names.has(metadata.name));
  const kept = wanted.flatMap((schedule): Child[] => {
    const name = cronJobNameOf(deployment, schedule.name);
    const observed = store.get(keyOf({ metadata: { namespace, name } }));
    const suspend = live === undefined;
    return release === undefined
      ? []
      : [{ resource: cronJobs, observed, wanted: cronJobFor(deployment, schedule, { release, suspend }) }];
  });
  return [...kept, ...left.map((observed) => ({ resource: cronJobs, observed }))];
}
