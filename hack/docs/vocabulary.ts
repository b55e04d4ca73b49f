import { globSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { conditionTypes } from '../../src/crds/conditions/conditions.ts';
import { kinds } from '../../src/crds/kinds.ts';
import { reasons } from '../../src/crds/reasons/reasons.ts';
import { annotations, labels } from '../../src/objects/labels.ts';

/** What exists, by the files that the API server, Helm and the operator obey. */
export interface Vocabulary {
  /** Dotted, without brackets: spec.workload.port, settings.builds.cache. */
  readonly fields: ReadonlySet<string>;
  /** Reasons, types of conditions, values of fields, kinds. */
  readonly words: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  /** Annotations, labels and what else begins with our group. */
  readonly marks: ReadonlySet<string>;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** What others have given its name. */
const namesOfOthers = ['ClusterRole', 'ConfigMap', 'Dockerfile', 'Role', 'Service'];

export function readVocabulary(): Vocabulary {
  const schemas = [...crdSchemas(), valuesSchema()];
  const nodes = schemas.flatMap((schema) => nodesOf(schema));
  const values = nodes.flatMap(([, node]) => node.enum ?? []).filter((value) => typeof value === 'string');
  const ours = kinds.map(({ kind }) => kind);
  return {
    fields: new Set(nodes.map(([path]) => path)),
    words: new Set([...Object.keys(reasons), ...conditionTypes, ...values, ...ours, ...namesOfOthers]),
    metrics: new Set(literals(/'([a-z]+_[a-z_]+)'/g)),
    marks: new Set([
      ...Object.values(annotations),
      ...Object.values(labels),
      ...literals(/'(vish\.dev\/[a-z0-9-]+)'/g),
    ]),
  };
}

function crdSchemas(): Schema[] {
  const files = globSync('config/crd/*.yaml').map((file) => parse(readFileSync(file, 'utf8')) as Crd);
  return files.flatMap(({ spec }) => spec.versions.map(({ schema }) => schema.openAPIV3Schema));
}

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

/** Every field with its path; the entries of a list have the path of the list. */
function nodesOf(node: Schema, path = ''): [string, Schema][] {
  const entries = node.items === undefined ? [] : nodesOf(node.items, path);
  const fields = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    nodesOf(child, path === '' ? name : `${path}.${name}`),
  );
  return [[path, node], ...entries, ...fields];
}

function literals(pattern: RegExp): string[] {
  const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  return files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, literal]) => literal ?? ''));
}

function valuesSchema(): Schema {
  return JSON.parse(readFileSync('charts/vish/values.schema.json', 'utf8')) as Schema;
}
