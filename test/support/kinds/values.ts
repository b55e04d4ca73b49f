import type { Schema } from '../../../src/crds/generate/structural.ts';

/** One of these fits every pattern of the kinds; the first that fits is taken. */
const texts = [
  'a',
  'A',
  '/a',
  'a/b',
  '1Gi',
  '25%',
  '@daily',
  '> 1',
  'a.example.com',
  'eu-central-1',
  'sg-01234567',
  'subnet-01234567',
  'linux/amd64',
  'https://a.example.com/b',
  'arn:aws:iam::123456789012:role/a',
  '0'.repeat(40),
  `sha256:${'0'.repeat(64)}`,
];

export type Segments = readonly string[];

/** The step into the items of a list. */
const item = '[]';

/** The server names the later one of two equal items. */
export const secondItem = '[1]';

/** The smallest value that a schema takes: what is required, and the first member of a union. */
export function smallest(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema['x-kubernetes-int-or-string'] === true) return 1;
  if (schema.type === 'integer') return schema.minimum;
  if (schema.type === 'boolean') return false;
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => smallest(schema.items ?? {}));
  if (schema.type === 'object') return smallestObject(schema, undefined);
  return smallestText(schema);
}

/** The smallest value with `leaf` at the end of the path. */
export function smallestWith(schema: Schema, path: Segments, leaf: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return leaf;
  if (step === item) return [smallestWith(schema.items ?? {}, rest, leaf)];
  const content = smallestWith(schema.properties?.[step] ?? {}, rest, leaf);
  return { ...smallestObject(schema, step), [step]: content };
}

function smallestObject(schema: Schema, wanted: string | undefined): Record<string, unknown> {
  const members = schema['x-vish-one-of'] ?? [];
  const member = wanted !== undefined && members.includes(wanted) ? wanted : members[0];
  const names = [...(schema.required ?? []), ...(member === undefined ? [] : [member])];
  return Object.fromEntries(names.map((name) => [name, smallest(schema.properties?.[name] ?? {})]));
}

function smallestText({ pattern, minLength = 0, maxLength = Infinity, format }: Schema): string {
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (pattern === undefined) return 'a'.repeat(minLength);
  const expression = new RegExp(pattern, 'u');
  const found = texts.find((text) => expression.test(text) && text.length <= maxLength);
  if (found === undefined) throw new Error(`no example fits ${pattern}; add one to the list`);
  return found;
}

export interface Node {
  path: Segments;
  /** As zod describes it, with patterns and union marks. */
  described: Schema;
  /** As it stands in the CRD. */
  structural: Schema;
}

/** Every node below a schema, itself first. */
export function nodesOf(described: Schema, structural: Schema, path: Segments = []): Node[] {
  const own: Node = { path, described, structural };
  const items =
    described.items === undefined || structural.items === undefined
      ? []
      : nodesOf(described.items, structural.items, [...path, item]);
  const properties = Object.entries(described.properties ?? {}).flatMap(([name, child]) =>
    nodesOf(child, structural.properties?.[name] ?? {}, [...path, name]),
  );
  return [own].concat(items, properties);
}

/** A path as the API server writes it in a cause. */
export function fieldName(path: Segments): string {
  return path.join('.').replaceAll(`.${item}`, '[0]').replaceAll(`.${secondItem}`, secondItem);
}
