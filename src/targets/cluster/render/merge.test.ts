import { describe, expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { merged } from './merge.ts';

describe('a patch over a template', () => {
  it.each([
    ['adds fields', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['goes into objects', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['takes away by null', { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    ['replaces lists without a key', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
    [
      'replaces lists of objects without a key',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [] },
      { tolerations: [] },
    ],
    ['puts an object where there was none', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    [
      'meets items by their key and appends the others',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      {
        env: [
          { name: 'C', value: '3' },
          { name: 'B', value: '4' },
        ],
      },
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '4' },
          { name: 'C', value: '3' },
        ],
      },
    ],
    [
      'knows the key of each list',
      { ports: [{ containerPort: 1, name: 'a' }], volumeMounts: [{ mountPath: '/a', name: 'a' }] },
      { ports: [{ containerPort: 1, name: 'b' }], volumeMounts: [{ mountPath: '/a', readOnly: true }] },
      { ports: [{ containerPort: 1, name: 'b' }], volumeMounts: [{ mountPath: '/a', name: 'a', readOnly: true }] },
    ],
  ])('%s', (_, base, patch, result) => {
    expect(merged(base, patch)).toEqual(result);
  });

  it('changes neither, and an empty one changes nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (base, patch) => {
          const before = structuredClone({ base, patch });
          merged(base, patch);

          expect({ base, patch }).toEqual(before);
          expect(merged(base, {})).toEqual(base);
        },
      ),
    );
  });
  it('says nothing about what it puts over twice', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (patch) => {
        const base = { containers: [{ name: 'app' }] };

        expect(merged(merged(base, patch), patch)).toEqual(merged(base, patch));
      }),
    );
  });
  it('reaches no prototype', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": true}}}') as object;

    merged({ a: {} }, { ...patch });

    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
