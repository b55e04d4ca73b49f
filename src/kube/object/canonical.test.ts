import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { canonical } from './canonical.ts';

it('is the same text whatever the order of keys, at every depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonical(reversed(value))).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('tells lists of another order apart, and takes absent and undefined for the same', () => {
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }));
});

it('takes a key called __proto__ for a key', () => {
  expect(canonical(JSON.parse('{"__proto__": {"a": 1}}'))).toBe('{"__proto__":{"a":1}}');
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, part]) => [key, reversed(part)]));
}
