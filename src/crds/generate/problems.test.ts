import { expect, it } from 'vitest';
import { problemsOf } from './problems.ts';
import type { Schema } from './structural.ts';

const described = { description: 'A field.' };
const text: Schema = { ...described, type: 'string', maxLength: 5 };
const inObject = (field: Schema): Schema => ({ type: 'object', properties: { field } });

it('has nothing to say about a bounded schema', () => {
  const list: Schema = { ...described, type: 'array', maxItems: 3, 'x-kubernetes-list-type': 'set', items: text };

  expect(problemsOf(inObject(list))).toEqual([]);
});

it.each<[string, Schema]>([
  ['field is a string without maxLength, enum or format', { ...described, type: 'string' }],
  ['field is a number without minimum, maximum or format', { ...described, type: 'integer', minimum: 0, maximum: 5 }],
  ['field is a floating point number; use an integer with a unit in its name', { ...described, type: 'number' }],
  [
    'field is a list without maxItems',
    { ...described, type: 'array', 'x-kubernetes-list-type': 'atomic', items: text },
  ],
  ['field does not state its list type', { ...described, type: 'array', maxItems: 1, items: text }],
  ['field is a number or string without bounds', { ...described, 'x-kubernetes-int-or-string': true }],
  ['field has no type', { ...described }],
  ['field has no description of one line', { type: 'boolean' }],
  ['field is an object without fields', { ...described, type: 'object' }],
  [
    'field is a set of something else than scalars',
    { ...described, type: 'array', maxItems: 1, 'x-kubernetes-list-type': 'set', items: inObject(text) },
  ],
  [
    'field is a map by name, which its items may leave out',
    {
      ...described,
      type: 'array',
      maxItems: 1,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: text } },
    },
  ],
  [
    'field[].inner has a default inside an atomic list',
    {
      ...described,
      type: 'array',
      maxItems: 1,
      'x-kubernetes-list-type': 'atomic',
      items: { type: 'object', properties: { inner: { ...text, default: 'x' } } },
    },
  ],
])('reports: %s', (problem, field) => {
  expect(problemsOf(inObject(field))).toContain(problem);
});
