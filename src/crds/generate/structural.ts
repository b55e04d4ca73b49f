import { z } from 'zod';
import { oneOfHint } from '../fields/rules.ts';
import { patternRule } from '../fields/text.ts';

/** A node of a JSON schema; which keywords may stand in it is decided by `keywords`. */
export interface Schema {
  type?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: { rule: string; message: string }[];
  'x-vish-one-of'?: string[];
}

/** Keywords of a CRD in the order in which they are written, so that generated files do not depend on zod's order. */
const keywords = [
  'description',
  'type',
  'format',
  'enum',
  'default',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'items',
  'properties',
  'required',
  'x-kubernetes-validations',
] as const satisfies (keyof Schema)[];

/** Known to zod and to us, and not for the API server. */
const dropped = new Set(['additionalProperties', 'anyOf', oneOfHint]);

/** What zod says about a schema, with our own marks still in it: the source of test values and reference pages. */
export function describeSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as Schema;
}

interface Place {
  path: string;
  /** How often the value can occur in one object: the product of the bounds of the lists around it. */
  times: number;
}

/** Turns zod's JSON schema into a structural one, or says which keyword has no place there. */
export function toStructural(schema: Schema, place: Place = { path: '', times: 1 }): Schema {
  const known = withPatternRule(schema, place.times);
  const unknown = Object.keys(known).find((key) => !keywords.some((keyword) => keyword === key) && !dropped.has(key));
  if (unknown !== undefined) {
    throw new Error(`${place.path}: a CRD has no ${unknown}; express it with the builders in src/crds/fields`);
  }
  const result: Record<string, unknown> = {};
  for (const keyword of keywords) {
    if (known[keyword] !== undefined) result[keyword] = convert(keyword, known, place);
  }
  return result;
}

function convert(keyword: (typeof keywords)[number], schema: Schema, { path, times }: Place): unknown {
  if (keyword === 'default') return withDefaults(schema.default, schema);
  if (keyword === 'items' && schema.items !== undefined) {
    return toStructural(schema.items, { path: `${path}[]`, times: times * (schema.maxItems ?? 1) });
  }
  if (keyword !== 'properties') return schema[keyword];
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    entries.map(([name, child]) => [name, toStructural(child, { path: `${path}.${name}`, times })]),
  );
}

/** The API server refuses a CRD whose rules could cost more than this each, and a hundred times this in sum. */
const affordableCost = 1_000_000;

/**
 * A pattern is a CEL rule with a sentence, and a plain keyword only deep inside lists, where the server's estimate for
 * the rule would go over its budget.
 */
function withPatternRule(schema: Schema, times: number): Schema {
  if (schema['x-kubernetes-int-or-string'] === true || schema.pattern === undefined) return schema;
  const { pattern, 'x-kubernetes-validations': rules = [], ...rest } = schema;
  if (matchCost(pattern, schema.maxLength ?? 0) * times <= affordableCost)
    return { ...rest, 'x-kubernetes-validations': rules };
  const others = rules.filter(({ rule }) => rule !== patternRule(pattern));
  return others.length === 0 ? { ...rest, pattern } : { ...rest, pattern, 'x-kubernetes-validations': others };
}

/** The estimate of the API server: four bytes a character, a tenth for each of them, a quarter for each of the pattern. */
function matchCost(pattern: string, maxLength: number): number {
  return Math.ceil((maxLength * 4 + 1) * 0.1) * Math.ceil(pattern.length * 0.25);
}

/** The server checks a default by the CEL rules before it fills in the defaults below it, so it has to be complete. */
function withDefaults(value: unknown, schema: Schema): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given: Record<string, unknown> = { ...value };
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const content = given[name] ?? child.default;
    if (content !== undefined) result[name] = withDefaults(content, child);
  }
  return result;
}
