import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { CheckStatus, RolloutStatus } from '../../crds/deployment/status.ts';
import type { Read } from '../../objects/wire.ts';
import { type GaugeDefinition, nameOf, type Sample, timestampOf } from './samples.ts';

type Seen = Read<Deployment>;

const labels = ['namespace', 'name'] as const;

/** What each Deployment tells, by its name. The words about it stand in one series, to be joined with the numbers. */
export const deploymentGauges: readonly GaugeDefinition<Seen>[] = [
  {
    name: 'vish_deployment_info',
    help: 'Always 1; the labels say what a Deployment is of, where it runs and by which strategy',
    labels: [...labels, 'project', 'service', 'environment', 'target', 'strategy'],
    samples: (deployment) => [[{ ...nameOf(deployment), ...wordsOf(deployment) }, 1]],
  },
  {
    name: 'vish_deployment_available',
    help: 'Whether users are served, by whichever release: 1 or 0',
    labels,
    samples: (deployment) => [[nameOf(deployment), Number(conditionOf(deployment, 'Available')?.status === 'True')]],
  },
  {
    name: 'vish_deployment_live_release',
    help: 'Number of the release that serves; absent before the first one',
    labels,
    samples: (deployment) => sampleOf(deployment, deployment.status?.live?.release),
  },
  {
    name: 'vish_deployment_unready_since_timestamp_seconds',
    help: 'When Ready stopped being True; absent while it is True',
    labels,
    samples: (deployment) => sampleOf(deployment, unreadySince(deployment)),
  },
  {
    name: 'vish_rollout_queued_since_timestamp_seconds',
    help: 'When a release began to wait until other rollouts have ended; absent while none waits',
    labels,
    samples: (deployment) => sampleOf(deployment, queuedSince(deployment)),
  },
  {
    name: 'vish_rollout_traffic_ratio',
    help: 'Share of the traffic that the release on its way has, from 0 to 1',
    labels,
    samples: (deployment) => sampleOf(deployment, nextWeight(deployment)),
  },
  {
    name: 'vish_check_value',
    help: 'Last number that a check of a rollout under way measured; an http check or webhook has the status that it got',
    labels: [...labels, 'check'],
    samples: (deployment) => checkSamples(deployment, ({ value }) => value),
  },
  {
    name: 'vish_check_failures',
    help: 'Failed measurements that a check of a rollout under way has counted',
    labels: [...labels, 'check'],
    samples: (deployment) => checkSamples(deployment, ({ failures }) => failures),
  },
  ofRollout('vish_rollout_step', 'Step that a rollout is at, from 0', ({ step }) => step),
  ofRollout('vish_rollout_steps', 'Steps that a rollout has', ({ steps }) => steps),
  ofRollout('vish_rollout_start_timestamp_seconds', 'When a rollout that is under way started', ({ startedAt }) =>
    timestampOf(startedAt),
  ),
  ofRollout(
    'vish_rollout_deadline_timestamp_seconds',
    'When a rollout is given up unless it moves; absent while no time runs',
    ({ deadline }) => (deadline === undefined ? undefined : timestampOf(deadline)),
  ),
];

function ofRollout(
  name: string,
  help: string,
  value: (rollout: RolloutStatus) => number | undefined,
): GaugeDefinition<Seen> {
  const samples = (deployment: Seen) => {
    const rollout = deployment.status?.rollout;
    return rollout === undefined ? [] : sampleOf(deployment, value(rollout));
  };
  return { name, help, labels, samples };
}

function sampleOf(deployment: Seen, value: number | undefined): Sample[] {
  return value === undefined ? [] : [[nameOf(deployment), value]];
}

/** Those of an earlier step stay until the rollout ends, so that a graph does not break off. */
function checkSamples(deployment: Seen, of: (check: CheckStatus) => number | string | undefined): Sample[] {
  const { rollout, checks = [] } = deployment.status ?? {};
  if (rollout === undefined) return [];
  return checks.flatMap((check): Sample[] => {
    const value = of(check);
    const number = value === undefined || value === '' ? Number.NaN : Number(value);
    return Number.isNaN(number) ? [] : [[{ ...nameOf(deployment), check: check.name }, number]];
  });
}

function wordsOf({ spec }: Seen): Record<string, string> {
  const { projectRef, service = '', environment = '', target, strategy } = spec;
  return {
    project: projectRef?.name ?? '',
    service,
    environment,
    target: target.ref?.name ?? 'cluster',
    strategy: strategy.type,
  };
}

function conditionOf({ status }: Seen, type: string) {
  return findCondition(status?.conditions ?? [], type);
}

function unreadySince(deployment: Seen): number | undefined {
  const ready = conditionOf(deployment, 'Ready');
  return ready === undefined || ready.status === 'True' ? undefined : timestampOf(ready.lastTransitionTime);
}

function queuedSince({ status }: Seen): number | undefined {
  return status?.queued && timestampOf(status.queued.since);
}

function nextWeight({ status }: Seen): number | undefined {
  if (status?.rollout === undefined || status.next === undefined) return undefined;
  return status.next.weight / 100;
}
