import type { Schema } from './structural.ts';

type Check = (schema: Schema, context: Context) => string | undefined;

interface Context {
  /** Whether an atomic list is above: what is in it belongs to its writer as a whole. */
  insideAtomic: boolean;
  isProperty: boolean;
}

const scalars = new Set(['string', 'integer', 'boolean']);

/** Our rules for every node of a CRD's schema, beyond what the API server asks for. */
const checks: readonly Check[] = [
  (schema) =>
    schema['x-kubernetes-int-or-string'] === true && !isBoundedEither(schema)
      ? 'is a number or string without bounds'
      : undefined,
  (schema) => (hasOneType(schema) ? undefined : 'has no type'),
  (schema) =>
    schema.type === 'string' && !isBoundedText(schema) ? 'is a string without maxLength, enum or format' : undefined,
  (schema) =>
    schema.type === 'integer' && !isBoundedNumber(schema)
      ? 'is a number without minimum, maximum or format'
      : undefined,
  (schema) =>
    schema.type === 'number' ? 'is a floating point number; use an integer with a unit in its name' : undefined,
  (schema) => (schema.type === 'array' && schema.maxItems === undefined ? 'is a list without maxItems' : undefined),
  (schema) =>
    schema.type === 'array' && schema['x-kubernetes-list-type'] === undefined
      ? 'does not state its list type'
      : undefined,
  (schema) => mapKeysProblem(schema),
  (schema) =>
    schema['x-kubernetes-list-type'] === 'set' && !scalars.has(schema.items?.type ?? '')
      ? 'is a set of something else than scalars'
      : undefined,
  (schema, { insideAtomic }) =>
    insideAtomic && schema.default !== undefined ? 'has a default inside an atomic list' : undefined,
  (schema, { isProperty }) =>
    isProperty && !isOneLine(schema.description) ? 'has no description of one line' : undefined,
  (schema) =>
    schema.type === 'object' && schema.properties === undefined && !isOpaque(schema)
      ? 'is an object without fields'
      : undefined,
];

/** Every place in a structural schema that breaks one of our rules. */
export function problemsOf(
  schema: Schema,
  path = '',
  context: Context = { insideAtomic: false, isProperty: false },
): string[] {
  const own = checks.flatMap((check) => check(schema, context) ?? []).map((problem) => `${path} ${problem}`);
  const insideAtomic = context.insideAtomic || schema['x-kubernetes-list-type'] === 'atomic';
  const items =
    schema.items === undefined ? [] : problemsOf(schema.items, `${path}[]`, { insideAtomic, isProperty: false });
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    problemsOf(child, path === '' ? name : `${path}.${name}`, { insideAtomic, isProperty: true }),
  );
  return [...own, ...items, ...properties];
}

function hasOneType(schema: Schema): boolean {
  return (schema.type !== undefined) !== (schema['x-kubernetes-int-or-string'] === true);
}

function isBoundedText({ maxLength, enum: values, format }: Schema): boolean {
  return maxLength !== undefined || values !== undefined || format === 'date-time';
}

function isBoundedNumber({ minimum, maximum, format }: Schema): boolean {
  return minimum !== undefined && maximum !== undefined && (format === 'int32' || format === 'int64');
}

function isBoundedEither({ maxLength, minimum, maximum }: Schema): boolean {
  return maxLength !== undefined && minimum !== undefined && maximum !== undefined;
}

function isOpaque(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function isOneLine(description: string | undefined): boolean {
  return description !== undefined && description !== '' && !description.includes('\n') && description.length <= 250;
}

/** The server needs each key in every item: required, or filled in by a default. */
function mapKeysProblem(schema: Schema): string | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const missing = (schema['x-kubernetes-list-map-keys'] ?? ['']).find(
    (key) => !schema.items?.required?.includes(key) && schema.items?.properties?.[key]?.default === undefined,
  );
  return missing === undefined ? undefined : `is a map by ${missing}, which its items may leave out`;
}
