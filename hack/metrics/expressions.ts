import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { rows } from './panels.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}

export const rulesFile = 'config/monitoring/rules.yaml';
const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] };
export const alerts = groups.flatMap(({ rules }) => rules);
export const panels = rows.flatMap((row) => row.panels);
/** Of every alert and every line of the dashboard, with what it belongs to. */
export const expressions = [
  ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...panels.flatMap(({ title, lines }) => Object.values(lines).map((expr): [string, string] => [title, expr])),
];

/** Names of metrics have a low line and stand outside of braces, brackets and the lists of labels. */
export function metricsIn(expression: string): string[] {
  const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|without) \([^)]*\)/g, ' ');
  const words = bare.match(/[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w|\()/g) ?? [];
  return words.filter((word) => word !== 'group_left');
}

/** As Grafana fills in its variables. */
export function filledIn(expression: string): string {
  return expression.replaceAll(/\$__(range|rate_interval)/g, '1h').replaceAll(/\$(environment|namespace)/g, '.*');
}
