import { expect, it } from 'vitest';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Busy } from '../../images/driver/driver.ts';
import type { Informer, Stored } from '../../kube/index.ts';
import { Admissions } from './admissions.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

function aBuild(name: string, at: number, project = 'shop'): Stored<Build> {
  return {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Build',
    metadata: { namespace: 'shop', name, uid: name, resourceVersion: '1', creationTimestamp: minute(at) },
    spec: { projectRef: { name: project }, commit: 'c'.repeat(40) },
    status: { trust: 'Trusted' },
  };
}

function aProject(name: string, maxConcurrent: number): Stored<Project> {
  const metadata = { namespace: 'shop', name, uid: name, resourceVersion: '1' };
  return { metadata, spec: { builds: { maxConcurrent } } } as unknown as Stored<Project>;
}

/** Counts how often somebody looks through all Builds that are open. */
function aQueue(builds: Stored<Build>[], projects: Stored<Project>[], { maxConcurrent = 2, cached = false } = {}) {
  let looks = 0;
  const informerOf = <T extends Build | Project>(list: () => Stored<T>[]): Informer<T> => {
    const get = (key: string) => list().find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
    const byIndex = () => {
      looks += 1;
      return list();
    };
    return { ...new ManualInformer<T>().informer, store: { get, list, byIndex, size: 0 } };
  };
  const driver = { busy: () => new Map<string, Busy>() };
  const parts = { builds: informerOf<Build>(() => builds), projects: informerOf<Project>(() => projects), driver };
  return { admissions: new Admissions({ ...parts, maxConcurrent, cached }), looks: () => looks };
}

it('does not look through the whole queue for each that waits in it', () => {
  const builds = Array.from({ length: 200 }, (_, n) => aBuild(`b${n}`, n));
  const { admissions, looks } = aQueue(builds, [aProject('shop', 1)]);
  const round = () => builds.map((build) => admissions.enter(build));

  expect(round().slice(0, 4)).toEqual([0, 1, 2, 3]);
  const first = looks();
  expect(round().slice(0, 4)).toEqual([0, 1, 2, 3]);

  expect(first).toBeLessThan(20);
  expect(looks() - first).toBeLessThan(20);
});

it('sends one that comes later behind those of its Project without a look, and lets that of another in', () => {
  const builds = [aBuild('a', 0), aBuild('b', 1), aBuild('c', 2)];
  const { admissions, looks } = aQueue(builds, [aProject('shop', 1), aProject('blog', 1)]);
  builds.forEach((build) => admissions.enter(build));
  const before = looks();
  const late = aBuild('d', 3);
  builds.push(late);

  expect(admissions.enter(late)).toBe(3);
  expect(looks()).toBe(before);
  expect(admissions.enter(aBuild('e', 4, 'blog'))).toBe(0);
});

it('lets in who was told to wait, as soon as a place is free or the Project may have more', () => {
  const [first, second, third] = [aBuild('a', 0), aBuild('b', 1), aBuild('c', 2)];
  const builds = [first, second, third];
  const projects = [aProject('shop', 1)];
  const { admissions } = aQueue(builds, projects);
  const round = () => builds.map((build) => admissions.enter(build));
  expect(round()).toEqual([0, 1, 2]);

  builds.shift();
  admissions.leave('a');
  expect(round()).toEqual([0, 1]);
  projects.splice(0, 1, aProject('shop', 2));
  expect(round()).toEqual([0, 0]);
});

it('builds one at a time where the builds of a Project share a cache, and beside it what has no part in the cache', () => {
  const untrusted = (name: string, at: number) => ({ ...aBuild(name, at), status: { trust: 'Untrusted' as const } });
  const builds = [aBuild('a', 0), aBuild('b', 1), untrusted('c', 2), untrusted('d', 3), untrusted('e', 4)];
  const { admissions } = aQueue(builds, [aProject('shop', 3)], { maxConcurrent: 4, cached: true });

  expect(builds.map((build) => admissions.enter(build))).toEqual([0, 1, 0, 0, 2]);
  builds.shift();
  admissions.leave('a');
  expect(builds.map((build) => admissions.enter(build))).toEqual([0, 0, 0, 1]);
});
