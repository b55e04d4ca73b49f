import { expect, it } from 'vitest';
import { z } from 'zod';
import { atomicList } from '../fields/lists.ts';
import { countOrPercent, int32 } from '../fields/numbers.ts';
import { opaque } from '../fields/references.ts';
import { exactlyOne } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { describeSchema, toStructural } from './structural.ts';

const structural = (schema: z.ZodType) => toStructural(describeSchema(schema));

it('writes a pattern as a CEL rule with its sentence, because the server shows no sentence for a pattern', () => {
  const result = structural(text(9, { matches: { pattern: '^a+$', message: "write some a's" } }));

  expect(result).toEqual({
    type: 'string',
    minLength: 1,
    maxLength: 9,
    'x-kubernetes-validations': [{ rule: "self.matches(r'^a+$')", message: "write some a's" }],
  });
});

it('writes a pattern as a plain keyword where the rule would cost the server too much', () => {
  const names = atomicList(text(253, { matches: { pattern: '^a+$', message: "write some a's" } }), { max: 10_000 });

  expect(structural(names).items).toEqual({ type: 'string', pattern: '^a+$', minLength: 1, maxLength: 253 });
});

it('leaves the type of a number-or-string to the server and completes the default of an object', () => {
  const result = structural(z.strictObject({ surge: countOrPercent().default('25%') }).prefault({}));

  expect(result.default).toEqual({ surge: '25%' });
  expect(result.properties?.['surge']).toMatchObject({ default: '25%', 'x-kubernetes-int-or-string': true });
  expect(result.properties?.['surge']).not.toHaveProperty('type');
  expect(result).not.toHaveProperty('additionalProperties');
});

it('turns a union into one rule over optional fields and drops its own mark', () => {
  const union = exactlyOne(
    z.strictObject({ a: int32(1, 2).optional(), b: opaque().optional() }),
    ['a', 'b'],
    'set a or b',
  );

  const result = structural(union);

  expect(result).not.toHaveProperty('x-vish-one-of');
  expect(result['x-kubernetes-validations']).toEqual([
    { rule: '[has(self.a), has(self.b)].filter(x, x).size() == 1', message: 'set a or b' },
  ]);
  expect(result.properties?.['b']).toEqual({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
});

it('says where a keyword stands that a CRD does not know', () => {
  const schema = z.strictObject({ list: atomicList(z.strictObject({ odd: z.number().multipleOf(2) }), { max: 3 }) });

  expect(() => structural(schema)).toThrow('.list[].odd: a CRD has no multipleOf');
});
