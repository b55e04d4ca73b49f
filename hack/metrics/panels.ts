export interface Panel {
  readonly title: string;
  /** What a person reads who asks what this shows. */
  readonly about?: string;
  /** Grafana's words. */
  readonly kind: 'stat' | 'timeseries' | 'table';
  readonly unit: 's' | 'percentunit' | 'short' | 'dateTimeFromNow' | 'bytes' | 'reqps';
  /** Legend to expression. */
  readonly lines: Readonly<Record<string, string>>;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const here = 'namespace=~"$namespace"';
const environment = 'environment=~"$environment"';
const ended = `${environment},outcome=~"Live|RolledBack|Failed"`;

const over = (metric: string, filter: string, by: string) =>
  `sum by (${by}) (increase(${metric}{${filter}}[$__range]))`;

function quantile(share: number, metric: string, filter = ''): string {
  return `histogram_quantile(${share}, sum by (le) (increase(${metric}_bucket{${filter}}[$__range])))`;
}

const dora: readonly Panel[] = [
  {
    title: 'Deployments',
    about: 'Releases that went live in the time shown.',
    kind: 'stat',
    unit: 'short',
    lines: { deployments: `sum(increase(vish_releases_total{${environment},outcome="Live"}[$__range]))` },
  },
  {
    title: 'Lead time',
    about: 'From the first sight of a commit to its release serving; the median.',
    kind: 'stat',
    unit: 's',
    lines: { median: quantile(0.5, 'vish_lead_time_seconds', environment) },
  },
  {
    title: 'Change failure rate',
    about: 'Releases that failed, or were taken back by hand, of all that ended.',
    kind: 'stat',
    unit: 'percentunit',
    lines: {
      rate:
        `(sum(increase(vish_releases_total{${environment},outcome=~"RolledBack|Failed"}[$__range])) + ` +
        `sum(increase(vish_rollbacks_total{${environment},trigger="manual"}[$__range]))) / ` +
        `sum(increase(vish_releases_total{${ended}}[$__range]))`,
    },
  },
  {
    title: 'Time to restore',
    about: 'From a loss of service to its return; the median.',
    kind: 'stat',
    unit: 's',
    lines: { median: quantile(0.5, 'vish_restore_duration_seconds', environment) },
  },
];

const releases: readonly Panel[] = [
  {
    title: 'Releases by outcome',
    kind: 'timeseries',
    unit: 'short',
    lines: { '{{outcome}}': `sum by (outcome) (increase(vish_releases_total{${environment}}[1h]))` },
  },
  {
    title: 'Duration of rollouts',
    kind: 'timeseries',
    unit: 's',
    lines: {
      median: 'histogram_quantile(0.5, sum by (le) (rate(vish_rollout_duration_seconds_bucket[1h])))',
      '95 of 100': 'histogram_quantile(0.95, sum by (le) (rate(vish_rollout_duration_seconds_bucket[1h])))',
    },
  },
  {
    title: 'Duration of rollbacks',
    kind: 'stat',
    unit: 's',
    lines: {
      'median, automatic': quantile(0.5, 'vish_rollback_duration_seconds', 'trigger="automatic"'),
      'median, manual': quantile(0.5, 'vish_rollback_duration_seconds', 'trigger="manual"'),
    },
  },
  {
    title: 'Traffic of what is on its way',
    kind: 'timeseries',
    unit: 'percentunit',
    lines: { '{{namespace}}/{{name}}': `max by (namespace, name) (vish_rollout_traffic_ratio{${here}})` },
  },
  {
    title: 'Rollouts at once',
    kind: 'timeseries',
    unit: 'short',
    lines: { waiting: 'sum(vish_rollout_queue_depth)', running: 'sum(vish_rollouts_running)' },
  },
  {
    title: 'Not Ready since',
    kind: 'table',
    unit: 'dateTimeFromNow',
    lines: {
      '': `max by (namespace, name) (vish_deployment_unready_since_timestamp_seconds{${here}}) * 1000`,
    },
  },
  {
    title: 'States',
    kind: 'table',
    unit: 'short',
    lines: {
      '': `count by (kind, state, reason) (max by (kind, namespace, name, state, reason) (vish_object_state{${here}}))`,
    },
  },
];

const builds: readonly Panel[] = [
  {
    title: 'Queue',
    kind: 'timeseries',
    unit: 'short',
    lines: { waiting: 'sum(vish_build_queue_depth)', running: 'sum(vish_builds_running)' },
  },
  {
    title: 'Wait and duration, median',
    kind: 'timeseries',
    unit: 's',
    lines: {
      wait: 'histogram_quantile(0.5, sum by (le) (rate(vish_build_queue_duration_seconds_bucket[1h])))',
      build: 'histogram_quantile(0.5, sum by (le) (rate(vish_build_duration_seconds_bucket{outcome="Succeeded"}[1h])))',
    },
  },
  {
    title: 'Builds by outcome',
    kind: 'table',
    unit: 'short',
    lines: { '': over('vish_builds_total', '', 'outcome, class') },
  },
];

const operator: readonly Panel[] = [
  {
    title: 'Reconciles that fail',
    kind: 'timeseries',
    unit: 'reqps',
    lines: {
      '{{controller}}': 'sum by (controller) (rate(controller_runtime_reconcile_errors_total[$__rate_interval]))',
    },
  },
  {
    title: 'Waiting keys',
    kind: 'timeseries',
    unit: 'short',
    lines: { '{{controller}}': 'sum by (controller) (workqueue_depth)' },
  },
  {
    title: 'Requests to the API server',
    kind: 'timeseries',
    unit: 'reqps',
    lines: { '{{method}} {{code}}': 'sum by (method, code) (rate(rest_client_requests_total[$__rate_interval]))' },
  },
  {
    title: 'Looks at git hosts',
    kind: 'timeseries',
    unit: 'reqps',
    lines: { '{{outcome}}': 'sum by (outcome) (rate(vish_source_polls_total[$__rate_interval]))' },
  },
  {
    title: 'Memory',
    kind: 'timeseries',
    unit: 'bytes',
    lines: { '{{pod}}': 'process_resident_memory_bytes * on (instance) group_left vish_build_info' },
  },
  {
    title: 'Leader',
    kind: 'timeseries',
    unit: 'short',
    lines: { '{{pod}}': 'leader_election_master_status' },
  },
];

export const rows: readonly Row[] = [
  { title: 'Delivery', panels: dora },
  { title: 'Releases', panels: releases },
  { title: 'Builds', panels: builds },
  { title: 'Operator', panels: operator },
];
