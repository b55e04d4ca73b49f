import type { Schema } from '../../../src/crds/generate/structural.ts';
import { fc } from '../properties.ts';

/** How often an optional field is there: rarely enough that rules over several fields often hold. */
const optional = { arbitrary: fc.nat({ max: 9 }), below: 3 };

/** Values of a schema: bounds, patterns and unions are kept, rules over several fields are left to chance. */
export function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string'] === true) return fc.oneof(integer(schema), text(schema));
  if (schema['x-kubernetes-preserve-unknown-fields'] === true)
    return fc.constant({ spec: { nodeSelector: { disk: 'fast' } } });
  if (schema.type === 'integer') return integer(schema);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'array') return list(schema);
  if (schema.type === 'object') return object(schema);
  return text(schema);
}

function integer({ minimum = 0, maximum = 0 }: Schema): fc.Arbitrary<number> {
  const small = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 20) });
  return fc.oneof({ weight: 4, arbitrary: small }, { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) });
}

function text({ pattern, minLength = 0, maxLength = 16 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' }).filter((value) => value.length <= maxLength);
  }
  const short = fc.string({ minLength, maxLength: Math.min(maxLength, 12), unit: 'grapheme' });
  const longest = fc.constant('💥'.repeat(maxLength));
  return maxLength > 4096 ? short : fc.oneof({ weight: 20, arbitrary: short }, { weight: 1, arbitrary: longest });
}

function list(schema: Schema): fc.Arbitrary<unknown[]> {
  const keys = schema['x-kubernetes-list-map-keys'];
  const { minItems = 0, maxItems = 3 } = schema;
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 2) };
  const items = arbitraryOf(schema.items ?? {});
  if (schema['x-kubernetes-list-type'] === 'atomic') return fc.array(items, bounds);
  const defaults = schema.items?.properties ?? {};
  const keyOf = (value: unknown) =>
    keys === undefined
      ? JSON.stringify(value)
      : JSON.stringify(keys.map((key) => (value as Record<string, unknown>)[key] ?? defaults[key]?.default));
  return fc.uniqueArray(items, { ...bounds, selector: keyOf });
}

function object(schema: Schema): fc.Arbitrary<Record<string, unknown>> {
  const members = schema['x-vish-one-of'] ?? [];
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !members.includes(name));
  const required = new Set(schema.required ?? []);
  const parts = fields.map(([name, child]) => field(name, child, required.has(name)));
  const member =
    members.length === 0
      ? []
      : [fc.oneof(...members.map((name) => field(name, schema.properties?.[name] ?? {}, true)))];
  return fc.tuple(...parts, ...member).map((entries) => Object.fromEntries(entries.flat()) as Record<string, unknown>);
}

/** One field as a list of one entry, or none. */
function field(name: string, schema: Schema, required: boolean): fc.Arbitrary<[string, unknown][]> {
  const present = arbitraryOf(schema).map((value): [string, unknown][] => [[name, value]]);
  if (required) return present;
  return optional.arbitrary.chain((roll) => (roll < optional.below ? present : fc.constant([])));
}

/** What a hand or a program may do to a value: each changes one place. */
export type Mutation = (holder: Record<string, unknown>, key: string) => void;

/** Without null: the server takes null for a field with a default as absent, and zod refuses it. */
const junk: unknown[] = [
  '',
  ' ',
  'x'.repeat(300),
  -1,
  0,
  1.5,
  2 ** 31,
  true,
  [],
  {},
  ['a', 'a'],
  [{}],
  { unknown: 1 },
  '1',
  '☃',
];

export const mutations: readonly Mutation[] = [
  (holder, key) => {
    delete holder[key];
  },
  (holder) => {
    holder['unknownField'] = 1;
  },
  (holder, key) => {
    const value = holder[key];
    if (Array.isArray(value) && value.length > 0) value.push(value[0]);
  },
  ...junk.map(
    (value): Mutation =>
      (holder, key) => {
        holder[key] = structuredClone(value);
      },
  ),
];

/** Every place in a value that a mutation can take hold of, outside the opaque patch. */
export function placesOf(value: unknown): [holder: Record<string, unknown>, key: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) =>
    key === 'podTemplatePatch'
      ? []
      : [[holder, key] as [Record<string, unknown>, string]].concat(placesOf(holder[key])),
  );
}
