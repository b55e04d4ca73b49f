import { expect, it } from 'vitest';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import type { Build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Informer, KubeObject, Resource, Stored } from '../../kube/index.ts';
import { sweep } from './sweep.ts';

const { signal } = new AbortController();

function informerOf<T extends KubeObject>(...all: Stored<T>[]): Informer<T> {
  return {
    ...new ManualInformer<T>().informer,
    store: { get: () => undefined, list: () => all, byIndex: () => [], size: 0 },
  };
}

function ofBuild<T extends KubeObject>(uid: string, namespace: string, going = false): Stored<T> {
  const deletionTimestamp = going ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  const labels = { 'vish.dev/build-uid': uid };
  return {
    metadata: { namespace, name: uid, uid, resourceVersion: '1', labels, ...deletionTimestamp },
  } as unknown as Stored<T>;
}

function aBuild(uid: string, trust: Trust | undefined): Stored<Build> {
  const metadata = { namespace: 'shop', name: uid, uid, resourceVersion: '1' };
  return { metadata, spec: {}, status: trust && { trust } } as unknown as Stored<Build>;
}

/** Both namespaces hold a Job and a Secret of each of these UIDs. */
async function swept(builds: Stored<Build>[], uids: readonly string[], going = false): Promise<string[]> {
  const removed: string[] = [];
  const client = {
    delete: async ({ kind }: Resource, { namespace, name }: { namespace?: string; name: string }) =>
      void removed.push(`${kind} ${namespace}/${name}`),
  };
  const place = (name: string) => {
    const all = <T extends KubeObject>() => informerOf<T>(...uids.map((uid) => ofBuild<T>(uid, name, going)));
    return { name, jobs: all(), pods: informerOf(), secrets: all() };
  };
  const seen = { Trusted: place('builds'), Untrusted: place('forks'), claims: informerOf() };
  await sweep({ client, builds: informerOf(...builds), projects: informerOf(), seen } as never, signal);
  return removed.toSorted();
}

it('takes away in both namespaces what belongs to a Build that is gone', async () => {
  expect(await swept([], ['a'])).toEqual(['Job builds/a', 'Job forks/a', 'Secret builds/a', 'Secret forks/a']);
});

it.each([
  ['Trusted', 'forks'],
  ['Untrusted', 'builds'],
] as const)(
  'leaves what a Build that is %s has in its namespace, and takes it away from the other one',
  async (trust, other) => {
    expect(await swept([aBuild('a', trust)], ['a'])).toEqual([`Job ${other}/a`, `Secret ${other}/a`]);
  },
);

it('takes nothing away while it is not known where it belongs', async () => {
  expect(await swept([aBuild('a', undefined)], ['a'])).toEqual([]);
});

it('asks no second time for what goes already', async () => {
  expect(await swept([], ['a'], true)).toEqual([]);
});
