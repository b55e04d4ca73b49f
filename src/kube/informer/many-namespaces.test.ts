import { beforeEach, expect, it } from 'vitest';
import { anObject, ManualInformer } from '../../../test/support/manual-informer.ts';
import { things } from '../../../test/support/scripted-api/rig.ts';
import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { IndexedStore } from '../store/indexed-store.ts';
import type { Informer } from './handler.ts';
import type { Informers } from './informer-cache.ts';
import { inNamespaces } from './many-namespaces.ts';

let parts: Map<string, Part>;
let opened: unknown[];
let seen: Informers;

beforeEach(() => {
  parts = new Map(['a', 'b', 'builds'].map((namespace) => [namespace, new Part()]));
  opened = [];
  const open = (request: { namespace?: string } = {}) => {
    opened.push(request);
    return (parts.get(request.namespace ?? '') as Part).informer as unknown as Informer<never>;
  };
  const cache = {
    informer: (_: unknown, request: object) => open(request),
    metadataInformer: (_: unknown, request: object) => open(request),
    informersOf: () => [],
  };
  seen = inNamespaces(cache, ['a', 'b']);
});

it('opens each namespace by itself, and the one that somebody names alone', () => {
  seen.informer(things, { labelSelector: 'ours' });
  seen.metadataInformer(things);
  seen.informer(things, { namespace: 'builds' });

  expect(opened).toEqual([
    { namespace: 'a', labelSelector: 'ours' },
    { namespace: 'b', labelSelector: 'ours' },
    { namespace: 'a' },
    { namespace: 'b' },
    { namespace: 'builds' },
  ]);
});

it('shows the objects of all, also by an index that is declared later', () => {
  const informer = seen.informer<KubeObject>(things);
  const { store } = informer;
  put('a', 'web');
  put('b', 'web');
  informer.addIndex('name', ({ metadata }) => [metadata.name ?? '']);

  expect(store.get('b/web')?.metadata.namespace).toBe('b');
  expect([store.get('c/web'), store.get('web')]).toEqual([undefined, undefined]);
  expect(store.byIndex('name', 'web').map(({ metadata }) => metadata.namespace)).toEqual(['a', 'b']);
  expect([store.list().length, store.size]).toEqual([2, 2]);
});

it('has synced when all have, and so has a handler, which hears of all until it is removed', async () => {
  const informer = seen.informer<KubeObject>(things);
  const heard: string[] = [];
  const none = () => undefined;
  const onAdd = ({ metadata }: KubeObject) => void heard.push(`${metadata.namespace}/${metadata.name}`);
  const registration = informer.addHandler({ onAdd, onUpdate: none, onDelete: none });
  fill('a', 'web');
  expect([informer.hasSynced(), registration.hasSynced()]).toEqual([false, false]);
  fill('b', 'api');

  await informer.waitForSync();

  expect([informer.hasSynced(), registration.hasSynced()]).toEqual([true, true]);
  expect(heard).toEqual(['a/web', 'b/api']);
  registration.remove();
  expect(part('a').manual.handlers.size + part('b').manual.handlers.size).toBe(0);
});

it('stops waiting when it is told to', async () => {
  const stopping = new AbortController();
  const waiting = seen.informer(things).waitForSync(stopping.signal);
  fill('a', 'web');
  stopping.abort(new Error('stopping'));

  await expect(waiting).rejects.toThrow('stopping');
});

it.each([
  ['9', '10', '9'],
  ['11', '10', '10'],
  ['11', undefined, undefined],
])('with %s and %s holds %s for sure', (a, b, version) => {
  part('a').version = a;
  part('b').version = b;

  expect(seen.informer(things).resourceVersion).toBe(version);
});

/** One namespace, moved by hand. */
class Part {
  readonly manual = new ManualInformer();
  readonly store = new IndexedStore<KubeObject>({ freeze: true, onIndexError: () => undefined });
  version: string | undefined;

  get informer(): Informer<KubeObject> {
    const { store, version, manual } = this;
    return {
      ...manual.informer,
      store,
      resourceVersion: version,
      addIndex: (name, valuesOf) => store.addIndex(name, valuesOf),
    };
  }
}

function part(namespace: string): Part {
  return parts.get(namespace) as Part;
}

function put(namespace: string, name: string): Stored<KubeObject> {
  const object = anObject({ namespace, name });
  part(namespace).store.put(`${namespace}/${name}`, object);
  return object;
}

function fill(namespace: string, name: string): void {
  part(namespace).manual.fill();
  part(namespace).manual.deliver(put(namespace, name));
}
