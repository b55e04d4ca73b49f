import { apiVersion, group, type Kind } from '../kind/kind.ts';
import { crdOf } from './crd.ts';
import { describeSchema, type Schema } from './structural.ts';

interface Row {
  path: string;
  schema: Schema;
  required: boolean;
}

/** The reference page of one kind: every field, every rule, and how to read it with kubectl. */
export function referencePage(kind: Kind): string {
  const root = describeSchema(kind.schema);
  const spec = rowsOf(root.properties?.['spec'] ?? {}, 'spec');
  const status = rowsOf(root.properties?.['status'] ?? {}, 'status');
  return [
    `# ${kind.kind}`,
    '',
    kind.summary,
    '',
    `\`apiVersion: ${apiVersion}\`, \`kind: ${kind.kind}\`, namespaced; \`kubectl get ${kind.plural}.vish\` or \`kubectl get ${kind.shortName}\`;`,
    `\`kubectl explain ${kind.shortName}.spec\` or \`kubectl explain ${kind.plural}.${group}.spec\`.`,
    '',
    '## Fields of spec',
    '',
    ...fieldTable(spec, true),
    '',
    '## Rules',
    '',
    ...ruleList([
      { path: kind.kind, schema: root, required: true },
      { path: 'spec', schema: root.properties?.['spec'] ?? {}, required: true },
      ...spec,
    ]),
    '',
    '## Fields of status',
    '',
    ...fieldTable(status, false),
    '',
    '## Columns',
    '',
    '| column | from | shown |',
    '|---|---|---|',
    ...kind.columns.map(
      ({ name, path, wide }) => `| ${name} | \`${path}\` | ${wide === true ? 'with `-o wide`' : 'always'} |`,
    ),
    '',
    ...scaleText(kind),
  ].join('\n');
}

/** Every field below a schema, for a page about something that is no kind. */
export function fieldsOf(schema: Schema): string[] {
  return fieldTable(rowsOf(schema, ''), true);
}

/** How large the CRD is, for the index page. */
export function sizeOf(kind: Kind): number {
  return JSON.stringify(crdOf(kind)).length;
}

function rowsOf(schema: Schema, path: string): Row[] {
  const children = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  const prefix = schema.items === undefined ? path : `${path}[]`;
  const required = schema.required ?? schema.items?.required ?? [];
  return children.flatMap(([name, child]) => {
    const row: Row = {
      path: prefix === '' ? name : `${prefix}.${name}`,
      schema: child,
      required: required.includes(name),
    };
    return [row].concat(rowsOf(child, row.path));
  });
}

function fieldTable(rows: readonly Row[], withDefaults: boolean): string[] {
  const head = withDefaults
    ? ['| field | type | default | bounds | meaning |', '|---|---|---|---|---|']
    : ['| field | type | meaning |', '|---|---|---|'];
  return [...head, ...rows.map((row) => `| ${cellsOf(row, withDefaults).map(cell).join(' | ')} |`)];
}

function cellsOf({ path, schema, required }: Row, withDefaults: boolean): string[] {
  const name = `\`${path}\``;
  const description = schema.description ?? '';
  if (!withDefaults) return [name, typeName(schema), description];
  const fallback = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
  return [name, typeName(schema), required ? 'required' : fallback, boundsOf(schema), description];
}

function typeName(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'number or string';
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return 'any object';
  if (schema.format === 'date-time') return 'time';
  if (schema.type !== 'array') return schema.type ?? '';
  const item = schema.items === undefined ? '' : typeName(schema.items);
  const keys = schema['x-kubernetes-list-map-keys']?.join(', ');
  const list = { map: `map by ${keys ?? ''}`, set: 'set', atomic: 'list' }[
    schema['x-kubernetes-list-type'] ?? 'atomic'
  ];
  return `${list} of ${item}`;
}

function boundsOf(schema: Schema): string {
  const inner = schema.items;
  const own = [
    schema.enum === undefined ? undefined : schema.enum.map(String).join(', '),
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' entries'),
  ].filter((bound) => bound !== undefined);
  const each = inner === undefined || inner.type === 'object' ? '' : boundsOf(inner);
  return [...own, ...(each === '' ? [] : [`each ${each}`])].join('; ');
}

function range(low: number | undefined, high: number | undefined, unit: string): string | undefined {
  if (high === undefined) return undefined;
  return low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`;
}

function ruleList(rows: readonly Row[]): string[] {
  const rules = rows.flatMap(({ path, schema }) =>
    [schema, schema.items ?? {}].flatMap((node, index) =>
      (node['x-kubernetes-validations'] ?? []).map(
        ({ message }) => `- \`${path}${index === 1 ? '[]' : ''}\`: ${message}.`,
      ),
    ),
  );
  return rules.length === 0 ? ['None beside the bounds above.'] : [...new Set(rules)];
}

function scaleText({ scale, shortName }: Kind): string[] {
  if (scale === undefined) return [];
  return [
    '## Scale',
    '',
    `\`kubectl scale ${shortName}/NAME --replicas=3\` and autoscalers use the scale subresource: wanted \`${scale.specReplicasPath}\`, actual \`${scale.statusReplicasPath}\`, pods \`${scale.labelSelectorPath}\`.`,
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
