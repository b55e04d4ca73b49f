import { outcomes } from '../../crds/deployment/status.ts';

interface Definition {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Counted when something happens. No label names an object: its series would outlive it. */
export const counters = {
  vish_releases_total: {
    help: 'Rollouts that ended, by outcome. With outcome Live: what DORA calls deployments',
    labels: ['environment', 'outcome'],
  },
  vish_rollbacks_total: {
    help: 'Ways back to an earlier release: automatic after a failure, or manual by vish.dev/rollback or spec.pin',
    labels: ['environment', 'trigger'],
  },
  vish_builds_total: {
    help: 'Builds that ended, by outcome (Succeeded, Failed, Cancelled) and by the class of the failure',
    labels: ['outcome', 'class'],
  },
} as const satisfies Record<string, Definition>;

const minute = 60;
const hour = 60 * minute;

/** Measured when something ends. */
export const histograms = {
  vish_rollout_duration_seconds: {
    help: 'From the start of a rollout to its end, by outcome; the way back is part of it',
    labels: ['strategy', 'outcome'],
    buckets: [1, 5, 10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute, hour, 4 * hour, 24 * hour],
  },
  vish_rollout_queue_duration_seconds: {
    help: 'Time that a rollout waited until others had ended; none of those that began at once',
    labels: [],
    buckets: [1, 5, 10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 4 * hour],
  },
  vish_rollback_duration_seconds: {
    help: 'Automatic: from the failure to the end of the way back. Manual: the whole rollout',
    labels: ['trigger'],
    buckets: [1, 2, 5, 10, 20, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour],
  },
  vish_lead_time_seconds: {
    help: "From the first sight of a commit (the creation of its Build) to its release serving: DORA's lead time from the push on",
    labels: ['environment'],
    buckets: [10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 4 * hour, 24 * hour, 168 * hour],
  },
  vish_restore_duration_seconds: {
    help: "From a loss of service (Available turns False while a release is live) to its return: DORA's time to restore",
    labels: ['environment'],
    buckets: [5, 10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 4 * hour, 24 * hour],
  },
  vish_build_duration_seconds: {
    help: 'From leaving the queue to the end of a Build, all its attempts together',
    labels: ['outcome'],
    buckets: [5, 10, 20, 30, minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute, hour, 2 * hour],
  },
  vish_build_queue_duration_seconds: {
    help: 'From the creation of a Build to its leaving the queue',
    labels: [],
    buckets: [1, 5, 10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute, hour, 4 * hour],
  },
} as const satisfies Record<string, Definition & { readonly buckets: readonly number[] }>;

export type CounterName = keyof typeof counters;
export type HistogramName = keyof typeof histograms;

/** Outcomes with which a rollout can end. */
export const endings = outcomes.filter((outcome) => outcome !== 'InProgress');
export const triggers = ['automatic', 'manual'] as const;
