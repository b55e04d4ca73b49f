import type { KnownMetric } from './registry.ts';

interface Group {
  readonly title: string;
  readonly about: string;
  readonly prefix: RegExp;
}

const groups: readonly Group[] = [
  {
    title: 'Releases, builds and objects',
    about: 'Told by the replica that leads; by the others `vish_build_info` alone.',
    prefix: /^vish_/,
  },
  {
    title: 'Controllers and their queues',
    about: 'Under the names of controller-runtime and client-go, so that what was made for those works here.',
    prefix: /^(controller_runtime|workqueue|leader_election)_/,
  },
  {
    title: 'The API server, caches and events',
    about: 'Requests, watches, and what was written but not seen yet.',
    prefix: /^(rest_client|kube|events)_/,
  },
  {
    title: 'The process',
    about: "prom-client's own metrics of Node and the process, as on Linux.",
    prefix: /^(nodejs|process)_/,
  },
];

/** The reference page of everything that the operator tells Prometheus. */
export function metricsPage(metrics: readonly KnownMetric[]): string {
  const homeless = metrics.filter(({ name }) => groups.every(({ prefix }) => !prefix.test(name)));
  if (homeless.length > 0) throw new Error(`${homeless[0]?.name} belongs to no group of hack/metrics/page.ts; add one`);
  return [
    '# Metrics',
    '',
    'What every replica answers at port 8080, `/metrics`. How to read them together stands in [watch it](../how-to/watch.md);',
    '[the runbook](../runbook.md) has the alerts. A histogram has the series `_bucket`, `_sum` and `_count`.',
    '',
    ...groups.flatMap((group) => section(group, metrics)),
  ].join('\n');
}

function section({ title, about, prefix }: Group, metrics: readonly KnownMetric[]): string[] {
  const rows = metrics.filter(({ name }) => prefix.test(name)).map(row);
  return [`## ${title}`, '', about, '', '| metric | type | labels | meaning |', '|---|---|---|---|', ...rows, ''];
}

function row({ name, type, labels, help }: KnownMetric): string {
  const named = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${named} | ${help.replaceAll('|', '\\|').replace(/\.$/, '')} |`;
}
