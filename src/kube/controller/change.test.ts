import { describe, expect, it } from 'vitest';
import { anObject } from '../../../test/support/manual-informer.ts';
import type { ObjectMeta } from '../object/object.ts';
import { lowPriority } from '../workqueue/entry.ts';
import { type ChangeOptions, enqueueChanges, type Predicate } from './change.ts';
import { ownersOf, ownKey } from './mapping.ts';

const before = anObject({ resourceVersion: '1', labels: { app: 'old' } });
const after = anObject({ resourceVersion: '2', labels: { app: 'new' } });
const deployments = { group: 'apps', kind: 'Deployment', namespaced: true };

/** What the handler enqueues. */
function aHandler(options: Partial<ChangeOptions<typeof before>> = {}) {
  const queued: [string, number | undefined][] = [];
  const enqueue = (key: string, { priority }: { priority?: number } = {}) => void queued.push([key, priority]);
  return { handler: enqueueChanges({ map: ownKey, when: () => true, enqueue, ...options }), queued };
}

describe('which key', () => {
  it('is namespace and name of the object, for adding, changing and deleting', () => {
    const { handler, queued } = aHandler();

    handler.onAdd(before, false);
    handler.onUpdate(before, after);
    handler.onDelete(after);

    expect(queued).toEqual([
      ['shop/web', 0],
      ['shop/web', 0],
      ['shop/web', 0],
    ]);
  });

  it('is all that a map function gives, each once', () => {
    const { handler, queued } = aHandler({ map: () => ['a', 'b', 'a'] });

    handler.onAdd(before, false);

    expect(queued).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });

  it('comes from the old and the new state of an update, each once', () => {
    const map = ({ metadata }: { metadata: ObjectMeta }) => ['both', metadata.labels?.['app'] ?? ''];
    const { handler, queued } = aHandler({ map });

    handler.onUpdate(before, after);

    expect(queued.map(([key]) => key)).toEqual(['both', 'old', 'new']);
  });

  it('is none when the predicate says no', () => {
    const { handler, queued } = aHandler({ when: ({ type }) => type === 'delete' });

    handler.onAdd(before, false);
    handler.onUpdate(before, after);
    expect(queued).toEqual([]);
    handler.onDelete(after);

    expect(queued).toHaveLength(1);
  });

  it('is asked of the predicate with both states of an update', () => {
    const seen: unknown[] = [];
    const when: Predicate = (change) => seen.push(change) > 0;
    const { handler } = aHandler({ when });

    handler.onUpdate(before, after);

    expect(seen).toEqual([{ type: 'update', old: before, object: after }]);
  });
});

describe('which priority', () => {
  it('is low for objects of the initial list', () => {
    const { handler, queued } = aHandler();

    handler.onAdd(before, true);

    expect(queued).toEqual([['shop/web', lowPriority]]);
  });

  it('is low for an update that changed nothing, as a resync sends it', () => {
    const { handler, queued } = aHandler();

    handler.onUpdate(after, after);

    expect(queued).toEqual([['shop/web', lowPriority]]);
  });
});

describe('owners', () => {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u' };
  const owned = (...ownerReferences: NonNullable<ObjectMeta['ownerReferences']>) => anObject({ ownerReferences });

  it.each([
    ['the controlling owner of the kind', [{ ...reference, controller: true }], ['shop/web']],
    ['of another version of the group too', [{ ...reference, apiVersion: 'apps/v2', controller: true }], ['shop/web']],
    ['not of another group', [{ ...reference, apiVersion: 'other/v1', controller: true }], []],
    ['not of the core group', [{ ...reference, apiVersion: 'v1', controller: true }], []],
    ['not of another kind', [{ ...reference, kind: 'StatefulSet', controller: true }], []],
    ['not when the apiVersion is nonsense', [{ ...reference, apiVersion: 'apps/v1/x', controller: true }], []],
    ['not one that does not control', [reference], []],
    ['none without owners', [], []],
  ])('gives %s', (_, ownerReferences, keys) => {
    expect(ownersOf(deployments)(owned(...ownerReferences))).toEqual(keys);
  });

  it('gives every owner of the kind when asked to', () => {
    const map = ownersOf(deployments, { controllerOnly: false });

    expect(map(owned({ ...reference, name: 'a' }, { ...reference, name: 'b', controller: true }))).toEqual([
      'shop/a',
      'shop/b',
    ]);
  });

  it('gives a cluster-scoped owner without the namespace of what it owns', () => {
    const map = ownersOf({ group: '', kind: 'Namespace', namespaced: false });
    const object = owned({ apiVersion: 'v1', kind: 'Namespace', name: 'shop', uid: 'u', controller: true });

    expect(map(object)).toEqual(['shop']);
  });

  it('gives nothing for an object without the field', () => {
    expect(ownersOf(deployments)(anObject())).toEqual([]);
  });

  it('names the old and the new owner when an object moves, and one owner once', () => {
    const { handler, queued } = aHandler({ map: ownersOf(deployments) });
    const first = owned({ ...reference, name: 'a', controller: true });
    const second = owned({ ...reference, name: 'b', controller: true });

    handler.onUpdate(first, second);
    handler.onUpdate(second, second);

    expect(queued.map(([key]) => key)).toEqual(['shop/a', 'shop/b', 'shop/b']);
  });
});
