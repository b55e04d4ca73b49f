import { z } from 'zod';
import { oneOfHint } from '../fields/rules.ts';

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
const dropped = new Set(['pattern', 'additionalProperties', 'anyOf', oneOfHint]);

/** What zod says about a schema, with our own marks still in it: the source of test values and reference pages. */
export function describeSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as Schema;
}

/** Turns zod's JSON schema into a structural one, or says which keyword has no place there. */
export function toStructural(schema: Schema, path = ''): Schema {
  const known = withoutForeign(schema);
  const unknown = Object.keys(known).find((key) => !keywords.some((keyword) => keyword === key) && !dropped.has(key));
  if (unknown !== undefined)
    throw new Error(`${path}: a CRD has no ${unknown}; express it with the builders in src/crds/fields`);
  const result: Record<string, unknown> = {};
  for (const keyword of keywords) {
    if (known[keyword] !== undefined) result[keyword] = convert(keyword, known, path);
  }
  return result;
}

function convert(keyword: (typeof keywords)[number], schema: Schema, path: string): unknown {
  if (keyword === 'items' && schema.items !== undefined) return toStructural(schema.items, `${path}[]`);
  if (keyword !== 'properties') return schema[keyword];
  const entries = Object.entries(schema.properties ?? {});
  return Object.fromEntries(entries.map(([name, child]) => [name, toStructural(child, `${path}.${name}`)]));
}

/** The server types these two dynamically: bounds beside them would apply to one half, or to nothing. */
function withoutForeign(schema: Schema): Schema {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const { type: _type, maxLength: _maxLength, maximum: _maximum, ...rest } = schema;
    return rest;
  }
  return schema;
}
