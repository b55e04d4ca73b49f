import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { run } from '../lib/run.ts';
import { findProgram } from './debian.ts';
import { alerts, expressions, filledIn, metricsIn, panels, rulesFile } from './expressions.ts';
import { knownMetrics } from './registry.ts';

const metrics = await knownMetrics();
const names = new Set(
  metrics.flatMap(({ name, type }) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((series) => `${name}_${series}`) : [name],
  ),
);
const labels = new Set([...metrics.flatMap((metric) => metric.labels), 'le', 'pod', 'instance']);

function labelsIn(expression: string): string[] {
  const listed = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
  const matched = [...expression.matchAll(/([a-z]+)=?[=!~]~?"/g)].map(([, label = '']) => label);
  return [...listed, ...matched];
}

describe.each(expressions)('%s', (_, expression) => {
  it('asks only for metrics and labels that the operator has', () => {
    expect(metricsIn(expression).length).toBeGreaterThan(0);
    expect(metricsIn(expression).filter((name) => !names.has(name))).toEqual([]);
    expect(labelsIn(expression).filter((label) => !labels.has(label))).toEqual([]);
  });
});

it('would find a metric and a label that do not exist', () => {
  const expression = 'sum by (nemespace) (rate(vish_releases{out="Live"}[1h]))';

  expect(metricsIn(expression).filter((name) => !names.has(name))).toEqual(['vish_releases']);
  expect(labelsIn(expression).filter((label) => !labels.has(label))).toEqual(['nemespace', 'out']);
});

it('has a place in the runbook for every alert, and none for others', () => {
  const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);

  expect(headings).toEqual(alerts.map(({ alert }) => alert));
});

const promtool = await findProgram('promtool');

// Needs Debian or a promtool of the machine; the names above are checked everywhere.
describe.skipIf(promtool === undefined)('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vish-rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ask = (...args: string[]) => run(promtool ?? '', args, { allowFailure: true });

  it('reads the alert rules', async () => {
    expect(await ask('check', 'rules', rulesFile)).toMatchObject({ code: 0 });
  });

  it('sees each alert fire, and not fire, as hack/metrics/rules.promtool.yaml says', async () => {
    const test = 'hack/metrics/rules.promtool.yaml';
    const tested = readFileSync(test, 'utf8');

    expect(await ask('test', 'rules', test)).toMatchObject({ code: 0 });
    expect(alerts.filter(({ alert }) => !tested.includes(`alertname: ${alert}\n`))).toEqual([]);
  });

  it('reads every expression of the dashboard', async () => {
    const asked = panels.flatMap(({ lines }) => Object.values(lines));
    const rules = asked.map((expr, at) => ({ record: `panel:${at}`, expr: filledIn(expr) }));
    const file = join(folder, 'panels.yaml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));

    expect(await ask('check', 'rules', file)).toMatchObject({ code: 0 });
  });
});
