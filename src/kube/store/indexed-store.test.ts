import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { byNamespace, byOwnerUid } from './index-functions.ts';
import { IndexedStore } from './indexed-store.ts';

interface Labelled extends KubeObject {
  values: string[];
}

describe('a store', () => {
  it('finds nothing under a value whose last object has gone, and keeps those that others still have', () => {
    const store = storeOf({ a: ['red', 'round'], b: ['red'] });

    store.delete('a');

    expect(found(store, 'round')).toEqual([]);
    expect(found(store, 'red')).toEqual(['b']);
  });

  it('moves an object between values when it changes, and leaves those that it keeps', () => {
    const store = storeOf({ a: ['red', 'round'] });

    store.put('a', object('a', ['red', 'flat']));

    expect(['red', 'round', 'flat'].map((value) => found(store, value))).toEqual([['a'], [], ['a']]);
  });

  it('indexes what it holds already when an index comes late', () => {
    const store = storeOf({ a: ['red'] });

    store.addIndex('again', ({ values }) => values);

    expect(store.byIndex('again', 'red').map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('refuses an unknown index, and a second function for a name', () => {
    const store = storeOf({});

    expect(() => store.byIndex('size', '1')).toThrow('Declare it with addIndex');
    expect(() => store.addIndex('value', () => [])).toThrow('Choose another name');
  });

  it('keeps an object whose index function throws, and reports it', () => {
    const errors: string[] = [];
    const store = new IndexedStore<Labelled>({
      onIndexError: (name, error) => errors.push(`${name}: ${String(error)}`),
    });
    store.addIndex('bad', () => {
      throw new Error('no spec');
    });

    store.put('a', object('a', []));

    expect(store.get('a')).toBeDefined();
    expect(errors).toEqual(['bad: Error: no spec']);
  });

  it('tells what a replacement changed, and leaves out the objects that are the same', () => {
    const kept = object('kept', []);
    const store = storeOf({ gone: [], changed: [] });
    store.put('kept', kept);

    const changes = store.replace(
      new Map([
        ['kept', kept],
        ['changed', object('changed', ['new'])],
        ['fresh', object('fresh', [])],
      ]),
    );

    expect(changes.map(({ key, old, object }) => [key, old !== undefined, object !== undefined])).toEqual([
      ['gone', true, false],
      ['changed', true, true],
      ['fresh', false, true],
    ]);
  });

  it('freezes what comes in when told to, all the way down', () => {
    const store = new IndexedStore<Labelled>({ freeze: true, onIndexError: fail });
    store.put('a', object('a', ['red']));
    store.replace(new Map([['b', object('b', ['red'])]]));

    expect(() => store.get('b')?.values.push('blue')).toThrow(TypeError);
    expect(store.get('b')?.values).toEqual(['red']);
  });

  it('has an index that agrees with a search through all objects, after any changes', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const values = fc.array(fc.constantFrom('red', 'blue', 'round'), { maxLength: 4 });
    const step = fc.oneof(
      fc.record({ put: key, values }),
      fc.record({ delete: key }),
      fc.record({ replace: fc.dictionary(key, values) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const store = storeOf({});
        for (const one of steps) apply(store, one);

        for (const value of ['red', 'blue', 'round']) {
          const expected = store.list().filter((each) => each.values.includes(value));
          expect(found(store, value)).toEqual(expected.map(({ metadata }) => metadata.name).sort());
        }
      }),
    );
  });
});

it('indexes by namespace and by the UIDs of owners', () => {
  const owner = (uid: string) => ({ apiVersion: 'v1', kind: 'X', name: 'x', uid });

  expect(byNamespace({ metadata: { namespace: 'shop' } })).toEqual(['shop']);
  expect(byNamespace({ metadata: {} })).toEqual([]);
  expect(byOwnerUid({ metadata: { ownerReferences: [owner('1'), owner('2')] } })).toEqual(['1', '2']);
  expect(byOwnerUid({ metadata: {} })).toEqual([]);
});

type Step = { put: string; values: string[] } | { delete: string } | { replace: Record<string, string[]> };

function apply(store: IndexedStore<Labelled>, step: Step): void {
  if ('put' in step) store.put(step.put, object(step.put, step.values));
  else if ('delete' in step) store.delete(step.delete);
  else store.replace(new Map(Object.entries(step.replace).map(([key, values]) => [key, object(key, values)])));
}

function storeOf(content: Record<string, string[]>): IndexedStore<Labelled> {
  const store = new IndexedStore<Labelled>({ onIndexError: fail });
  store.addIndex('value', ({ values }) => values);
  for (const [key, values] of Object.entries(content)) store.put(key, object(key, values));
  return store;
}

function object(name: string, values: string[]): Stored<Labelled> {
  return { metadata: { name, uid: `uid-${name}`, resourceVersion: '1' }, values };
}

function found(store: IndexedStore<Labelled>, value: string): string[] {
  return store
    .byIndex('value', value)
    .map(({ metadata }) => metadata.name)
    .sort();
}

function fail(index: string, error: unknown): never {
  throw new Error(`index ${index}: ${String(error)}`);
}
