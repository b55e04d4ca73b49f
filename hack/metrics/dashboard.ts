import { type Panel, type Row, rows } from './panels.ts';

const source = { type: 'prometheus', uid: '${datasource}' };
const widthOfGrid = 24;
const height = { stat: 4, timeseries: 8, table: 8 } as const;

/** Grafana's dashboard as a file, in the form that it imports. */
export function dashboardFile(): readonly [string, string] {
  return ['config/monitoring/dashboard.json', `${JSON.stringify(dashboard(), undefined, 2)}\n`];
}

function dashboard(): object {
  return {
    uid: 'vish',
    title: 'Vish',
    description: 'Releases, builds and the operator. Generated from hack/metrics/panels.ts.',
    tags: ['vish'],
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-7d', to: 'now' },
    refresh: '1m',
    templating: { list: variables() },
    panels: placed(),
  };
}

function variables(): object[] {
  return [
    { name: 'datasource', type: 'datasource', query: 'prometheus' },
    variable('environment', 'label_values(vish_releases_total, environment)'),
    variable('namespace', 'label_values(vish_object_state, namespace)'),
  ];
}

function variable(name: string, query: string): object {
  const choice = { includeAll: true, multi: true, allValue: '.*', current: { text: 'All', value: '$__all' } };
  return { name, type: 'query', datasource: source, query, definition: query, refresh: 2, ...choice };
}

/** Each row of panels below the one before, its panels side by side as far as they fit. */
function placed(): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: widthOfGrid, h: 1 },
      panels: [],
    });
    y += 1;
    for (const line of linesOf(row)) {
      const w = Math.floor(widthOfGrid / line.length);
      const h = Math.max(...line.map(({ kind }) => height[kind]));
      panels.push(...line.map((panel, at) => panelOf(panel, { x: at * w, y, w, h })));
      y += h;
    }
  }
  return panels.map((panel, at) => Object.assign(panel, { id: at + 1 }));
}

function linesOf({ panels }: Row): Panel[][] {
  const most = panels.length % 4 === 0 ? 4 : 3;
  return Array.from({ length: Math.ceil(panels.length / most) }, (_, at) => panels.slice(at * most, (at + 1) * most));
}

function panelOf(panel: Panel, gridPos: object): object {
  const { title, about: description, kind: type, unit, lines } = panel;
  const targets = Object.entries(lines).map(([legend, expr], at) => targetOf(panel, { at, legend, expr }));
  const fieldConfig = { defaults: { unit }, overrides: [] };
  return { type, title, description, datasource: source, gridPos, targets, fieldConfig };
}

function targetOf({ kind }: Panel, { at, legend, expr }: { at: number; legend: string; expr: string }): object {
  const refId = String.fromCodePoint(65 + at);
  const shape = kind === 'timeseries' ? {} : { instant: true, range: false };
  const format = kind === 'table' ? 'table' : undefined;
  return { refId, datasource: source, expr, legendFormat: legend, format, ...shape };
}
