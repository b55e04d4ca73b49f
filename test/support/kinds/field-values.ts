import type { Schema } from '../../../src/crds/generate/structural.ts';
import { breachesOf } from './bounds.ts';
import { type Node, type Segments, smallest } from './values.ts';

/** What somebody may write at one field. */
export interface FieldValue {
  readonly sort: 'changed' | 'removed' | 'extreme' | 'invalid';
  readonly path: Segments;
  readonly value: unknown;
}

/** Values for one field: an ordinary one, none, those at its bounds, and those beyond them. */
export function valuesFor(node: Node): FieldValue[] {
  const { path, described } = node;
  const of =
    (sort: FieldValue['sort']) =>
    (value: unknown): FieldValue => ({ sort, path, value });
  return [
    ...[smallest(described)].map(of('changed')),
    ...[undefined].map(of('removed')),
    ...extremes(described).map(of('extreme')),
    ...breachesOf(node).map((breach) => ({ sort: 'invalid' as const, path: breach.path, value: breach.value })),
  ];
}

function extremes(schema: Schema): unknown[] {
  const { type, minimum, maximum, enum: choices, pattern, maxLength = 0, maxItems = 0, items } = schema;
  if (choices !== undefined) return choices.slice(1);
  if (type === 'boolean') return [true];
  if (type === 'integer') return [minimum, maximum];
  if (type === 'string') return pattern === undefined ? ['x'.repeat(maxLength)] : [];
  // Equal items are refused where they have to differ, which is an answer too.
  return type === 'array' ? [Array.from({ length: maxItems }, () => smallest(items ?? {}))] : [];
}

/** The object with another value at the path, and with what its neighbours need. Undefined takes the field away. */
export function withValue(base: unknown, schema: Schema, [step, ...rest]: Segments, value: unknown): unknown {
  if (step === undefined) return value;
  if (step === '[]') return [withValue(smallest(schema.items ?? {}), schema.items ?? {}, rest, value)];
  const child = schema.properties?.[step] ?? {};
  const holder = (base ?? smallest(schema)) as Record<string, unknown>;
  const siblings = schema['x-vish-one-of']?.includes(step) === true ? (schema['x-vish-one-of'] ?? []) : [];
  const kept = Object.entries(holder).filter(([name]) => name !== step && !siblings.includes(name));
  const inner = withValue(holder[step], child, rest, value);
  return Object.fromEntries(inner === undefined ? kept : [...kept, [step, inner]]);
}
