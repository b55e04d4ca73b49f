import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { UndecodableError } from './undecodable.ts';
import { readEvent, type WatchEvent } from './watch-event.ts';

const managedFields = [{ manager: 'kubectl', fieldsV1: { 'f:metadata': { 'k:{"uid":"]}"}': { '.': {} } } } }];

const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', labels: { name: 'other' } },
  spec: { note: 'a "quoted" \\ word, ä and 漢' },
};

describe('reading an event', () => {
  it('finds key and version without being misled by labels, annotations or owners of the same names', () => {
    const metadata = {
      annotations: { resourceVersion: '1', name: 'no', namespace: 'no', managedFields: '[' },
      labels: { name: 'no', resourceVersion: '2' },
      managedFields,
      name: 'shop',
      namespace: 'team-a',
      ownerReferences: [{ name: 'no', uid: 'u0' }],
      resourceVersion: '41',
      uid: 'u1',
    };

    const { raw } = change(JSON.stringify({ type: 'MODIFIED', object: { apiVersion: 'v1', kind: 'X', metadata } }));

    expect([raw.key, raw.version]).toEqual(['team-a/shop', '41']);
    expect(raw.parse()).toEqual({ apiVersion: 'v1', kind: 'X', metadata: without(metadata, 'managedFields') });
  });

  it.each([
    ['first', { managedFields, ...pod.metadata }],
    ['in the middle', { name: 'web', managedFields, ...without(pod.metadata, 'name') }],
    ['last', { ...pod.metadata, managedFields }],
    ['empty', { ...pod.metadata, managedFields: [] }],
  ])('cuts managedFields that stand %s', (_, metadata) => {
    const { raw } = change(JSON.stringify({ type: 'ADDED', object: { ...pod, metadata } }));

    expect(raw.parse()).toEqual(pod);
  });

  it('leaves managedFields alone that are not those of metadata', () => {
    const object = { ...pod, spec: { template: { metadata: { managedFields } } } };

    expect(change(JSON.stringify({ type: 'ADDED', object })).raw.parse()).toEqual(object);
  });

  it('reads text with blanks, or with members in another order, by parsing all of it', () => {
    const object = { ...pod, metadata: { ...pod.metadata, managedFields } };
    const unusual = [
      JSON.stringify({ type: 'ADDED', object }, null, 2).replaceAll('\n', ' '),
      JSON.stringify({ object, type: 'ADDED' }),
      JSON.stringify({ type: 'ADDED', object: Object.fromEntries(Object.entries(object).toReversed()) }),
    ];

    for (const line of unusual) {
      const { raw } = change(line);
      expect([raw.key, raw.version, raw.parse()]).toEqual(['shop/web', '7', pod]);
    }
  });

  it('agrees with JSON.parse on every object', () => {
    const metadata = fc.record(
      {
        annotations: fc.dictionary(fc.string(), fc.string()),
        labels: fc.dictionary(fc.constantFrom('name', 'managedFields', 'x'), fc.string()),
        managedFields: fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        finalizers: fc.array(fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(metadata, fc.jsonValue(), fc.boolean(), (some, spec, before) => {
        const own = { name: 'a', resourceVersion: '9' };
        const object = { kind: 'X', metadata: before ? { ...own, ...some } : { ...some, ...own }, spec };

        const { raw } = change(JSON.stringify({ type: 'ADDED', object }));

        expect(raw.key).toBe('a');
        const expected = { ...object, metadata: without(object.metadata, 'managedFields') };
        expect(raw.parse()).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  it('knows the bookmark that ends the initial list from the others, by the value of its annotation', () => {
    const line = (annotations?: object) =>
      JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '5', annotations } } });
    const end = 'k8s.io/initial-events-end';

    expect(read(line({ [end]: 'true' }))).toEqual({ type: 'BOOKMARK', version: '5', initialEventsEnd: true });
    expect(read(line({ [end]: 'false' }))).toEqual({ type: 'BOOKMARK', version: '5', initialEventsEnd: false });
    expect(read(line())).toEqual({ type: 'BOOKMARK', version: '5', initialEventsEnd: false });
  });

  it('hands on the status of an error that came inside the stream', () => {
    expect(read('{"type":"ERROR","object":{"code":410}}')).toEqual({ type: 'ERROR', status: { code: 410 } });
  });

  it('refuses what is not an event', () => {
    expect(() => read('{"type":"ADDED","object":{"metadata":{"name":"web"}}}')).toThrow(UndecodableError);
    expect(() => read('{"type":"ADDED","object":{"metadata":null}}')).toThrow(UndecodableError);
    expect(() => read('{"type":"ADDED","object":null}')).toThrow(UndecodableError);
    expect(() => read('{"type":"RENAMED","object":{}}')).toThrow('unknown event type');
    expect(() => read('{"type":"ADDED","obj')).toThrow(UndecodableError);
    expect(() => read('[]')).toThrow(UndecodableError);
  });
});

function read(line: string): WatchEvent {
  return readEvent(Buffer.from(line));
}

function change(line: string): Extract<WatchEvent, { raw: unknown }> {
  const event = read(line);
  if (!('raw' in event)) throw new Error(`not a change: ${line}`);
  return event;
}

function without(object: object, name: string): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}
