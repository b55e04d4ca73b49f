import { z } from 'zod';

/** A CEL rule of the API server, as it stands in the CRD. `message` says what to write instead. */
export interface CelRule {
  rule: string;
  message: string;
}

/** A CEL rule with the same decision in TypeScript, so that the command line refuses what the server would refuse. */
export interface Rule<T> extends CelRule {
  holds: (value: T) => boolean;
}

export const validations = 'x-kubernetes-validations';

/** Names the members of a union for the generator of test values and the reference pages; never part of a CRD. */
export const oneOfHint = 'x-vish-one-of';

/** Adds rules to a schema; rules that it already has stay. */
export function withRules<S extends z.ZodType>(schema: S, ...rules: Rule<z.output<S>>[]): S {
  const refined = rules.reduce((result, { holds, message }) => result.refine(holds, { message }), schema);
  return addCel(
    schema,
    refined,
    rules.map(({ rule, message }) => ({ rule, message })),
  );
}

/** A rule over the old and the new value. Only the API server knows the old one, so there is no TypeScript half. */
export function withTransition<S extends z.ZodType>(schema: S, rule: CelRule): S {
  return addCel(schema, schema, [rule]);
}

export function immutable<S extends z.ZodType>(schema: S, message: string): S {
  return withTransition(schema, { rule: 'self == oldSelf', message });
}

type Fields = Record<string, unknown>;

/** A union: exactly one of the optional fields `keys` is set. New members can be added without breaking anyone. */
export function exactlyOne<S extends z.ZodType>(schema: S, keys: readonly string[], message: string): S {
  const [first = ''] = keys;
  const rule = keys.length === 1 ? `has(self.${first})` : `${countOf(keys)} == 1`;
  const ruled = withRules(schema, { rule, message, holds: (value) => setKeys(value as Fields, keys) === 1 });
  return ruled.meta({ [oneOfHint]: keys });
}

/** At most one of the optional fields `keys` is set. */
export function atMostOne<S extends z.ZodType>(schema: S, keys: readonly string[], message: string): S {
  const rule = `${countOf(keys)} <= 1`;
  return withRules(schema, { rule, message, holds: (value) => setKeys(value as Fields, keys) <= 1 });
}

function countOf(keys: readonly string[]): string {
  return `[${keys.map((key) => `has(self.${key})`).join(', ')}].filter(x, x).size()`;
}

function setKeys(value: Fields, keys: readonly string[]): number {
  return keys.filter((key) => value[key] !== undefined).length;
}

function addCel<S extends z.ZodType>(before: z.ZodType, schema: S, rules: CelRule[]): S {
  const known = z.globalRegistry.get(before)?.[validations];
  return schema.meta({ [validations]: [...((known as CelRule[] | undefined) ?? []), ...rules] });
}
