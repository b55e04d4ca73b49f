import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../seams/manual-clock.ts';
import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { ConsistencyMetrics } from './metrics.ts';
import { type Source, WrittenVersions } from './written-versions.ts';

const pods = { group: '', plural: 'pods' };
const jobs = { group: 'batch', plural: 'jobs' };
const owner = { key: 'shop/web', uid: 'owner-1' };

let clock: ManualClock;
let registry: Registry;
let caches: { pods: FakeCache; jobs: FakeCache };
let ownerUid: string | undefined;
let written: WrittenVersions;

beforeEach(() => {
  clock = new ManualClock();
  registry = new Registry();
  caches = { pods: new FakeCache('10'), jobs: new FakeCache('10') };
  ownerUid = owner.uid;
  written = new WrittenVersions({
    controller: 'test',
    clock,
    metrics: new ConsistencyMetrics(registry),
    informersOf: ({ plural }, namespace) =>
      Object.entries(caches).flatMap(([name, cache]) =>
        name === plural && [undefined, namespace].includes(cache.namespace) ? [cache] : [],
      ),
    ownerUid: () => ownerUid,
  });
});

describe('a key', () => {
  it('is ready when nothing was written for it', () => {
    written.wrote(owner, pods, object('a', '11'));

    expect(written.ready('shop/other')).toBe(true);
  });

  it('waits until the cache holds the version that was written, and is forgotten then', () => {
    written.wrote(owner, pods, object('a', '11'));
    expect(written.ready(owner.key)).toEqual({ retryAfterMs: 50 });

    caches.pods.resourceVersion = '11';

    expect(written.ready(owner.key)).toBe(true);
    expect(written.size).toBe(0);
  });

  it('waits for every kind that was written, each by its own version', () => {
    written.wrote(owner, pods, object('a', '11'));
    written.wrote(owner, jobs, object('b', '12'));
    caches.pods.resourceVersion = '12';

    expect(written.ready(owner.key)).not.toBe(true);
    caches.jobs.resourceVersion = '100';

    expect(written.ready(owner.key)).toBe(true);
  });

  it('waits for nothing from an informer that shows other namespaces only', () => {
    caches.pods.namespace = 'other';
    written.wrote(owner, pods, object('a', '11'));
    written.deleted(owner, pods, object('b', '11'));

    expect(written.ready(owner.key)).toBe(true);
  });

  it('waits for the newest of several writes, whatever order they are noted in', () => {
    written.wrote(owner, pods, object('a', '100'));
    written.wrote(owner, pods, object('b', '99'));
    caches.pods.resourceVersion = '99';

    expect(written.ready(owner.key)).not.toBe(true);
  });

  it('waits for a cache that has not been filled yet', () => {
    caches.pods.resourceVersion = undefined;
    written.wrote(owner, pods, object('a', '1'));

    expect(written.ready(owner.key)).not.toBe(true);
  });

  it('does not wait for a write that changed nothing', () => {
    written.wrote(owner, pods, object('a', '7'));

    expect(written.ready(owner.key)).toBe(true);
  });

  it('does not wait for a kind that nobody caches', () => {
    written.wrote(owner, { group: '', plural: 'secrets' }, object('a', '11'));
    written.deleted(owner, { group: '', plural: 'secrets' }, object('a', '11'));

    expect(written.size).toBe(0);
  });

  it('no longer waits when its object is another one of the same name by now, or gone', () => {
    for (const uid of ['owner-2', undefined]) {
      written.wrote(owner, pods, object('a', '11'));
      ownerUid = uid;

      expect(written.ready(owner.key)).toBe(true);
      ownerUid = owner.uid;
    }
  });

  it('waits only for what the newer object wrote when both were noted', () => {
    written.wrote(owner, pods, object('a', '11'));
    ownerUid = 'owner-2';
    written.wrote({ ...owner, uid: 'owner-2' }, jobs, object('b', '10'));

    expect(written.ready(owner.key)).toBe(true);
  });

  it('goes on after two minutes, and the metric says so', async () => {
    written.wrote(owner, pods, object('a', '11'));
    await clock.advance(119_999);
    expect(written.ready(owner.key)).toEqual({ retryAfterMs: 1000 });

    await clock.advance(1);

    expect(written.ready(owner.key)).toBe(true);
    expect(await registry.metrics()).toContain('kube_stale_cache_waits_expired_total{controller="test"} 1');
    expect(await registry.metrics()).toContain('kube_stale_cache_skips_total{controller="test"} 1');
  });

  it('does not stay in memory when nobody asks for it again', async () => {
    written.wrote(owner, pods, object('a', '11'));
    await clock.advance(120_000);

    written.wrote({ key: 'shop/other', uid: 'u' }, pods, object('b', '12'));

    expect(written.size).toBe(1);
  });
});

describe('after a delete a key', () => {
  const doomed = object('a', '5');

  it('waits until the object has left the cache', () => {
    caches.pods.objects.set('shop/a', doomed);
    written.deleted(owner, pods, doomed);
    expect(written.ready(owner.key)).not.toBe(true);

    caches.pods.objects.clear();

    expect(written.ready(owner.key)).toBe(true);
  });

  it('is content with an object that is seen to be on its way out', () => {
    caches.pods.objects.set('shop/a', doomed);
    written.deleted(owner, pods, doomed);

    const metadata = { ...doomed.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    caches.pods.objects.set('shop/a', { metadata });

    expect(written.ready(owner.key)).toBe(true);
  });

  it('is content with another object of the same name', () => {
    written.deleted(owner, pods, doomed);
    caches.pods.objects.set('shop/a', { metadata: { ...doomed.metadata, uid: 'new' } });

    expect(written.ready(owner.key)).toBe(true);
  });

  it('does not take an object that it has created and not seen yet for a deleted one', () => {
    written.wrote(owner, pods, object('a', '11'));
    written.deleted(owner, pods, object('a', '11'));
    expect(written.ready(owner.key)).not.toBe(true);

    caches.pods.objects.set('shop/a', object('a', '11'));
    caches.pods.resourceVersion = '11';
    expect(written.ready(owner.key)).not.toBe(true);
    caches.pods.objects.clear();

    expect(written.ready(owner.key)).toBe(true);
  });
});

class FakeCache implements Source {
  readonly objects = new Map<string, Stored<KubeObject>>();
  resourceVersion: string | undefined;
  /** The only one that it shows. */
  namespace: string | undefined;

  constructor(resourceVersion: string) {
    this.resourceVersion = resourceVersion;
  }

  get store() {
    const { objects } = this;
    return {
      get: (key: string) => objects.get(key),
      list: () => [...objects.values()],
      byIndex: () => [],
      size: objects.size,
    };
  }
}

function object(name: string, resourceVersion: string): Stored<KubeObject> {
  return { metadata: { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion } };
}
