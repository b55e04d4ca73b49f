import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { placesOf, type Waiting } from './places.ts';

const waiting = (uid: string, projectUid = 'p', change: Partial<Waiting> = {}): Waiting => ({
  uid,
  projectUid,
  namespace: 'ns',
  blocked: false,
  preferred: true,
  since: `2026-01-01T00:00:0${uid}Z`,
  key: `ns/${uid}`,
  ...change,
});
const runs = (...projects: string[]) =>
  new Map(projects.map((projectUid, index) => [`r${index}`, { projectUid, namespace: 'ns' }]));
const limits = (total: number, each = 10) => ({ total, ofProject: () => each });

it('lets the oldest in, as far as there is room', () => {
  const places = placesOf([waiting('3'), waiting('1'), waiting('2')], runs('p'), limits(2));

  expect([...places]).toEqual([
    ['1', 0],
    ['2', 1],
    ['3', 2],
  ]);
});

it('lets what is preferred go before the others of the same Project, however many they are', () => {
  const flood = ['1', '2', '3'].map((uid) => waiting(uid, 'p', { preferred: false }));

  expect([...placesOf([...flood, waiting('4')], runs(), limits(1, 1)).keys()]).toEqual(['4', '1', '2', '3']);
});

it('takes turns between Projects all the same: preference is no way past others', () => {
  const all = [waiting('1', 'p', { preferred: false }), waiting('2', 'q'), waiting('3', 'q')];

  expect([...placesOf(all, runs(), limits(1)).keys()]).toEqual(['1', '2', '3']);
});

it('lets nobody wait for a Project that is at its own limit', () => {
  const places = placesOf([waiting('1', 'busy'), waiting('2', 'free')], runs('busy'), limits(5, 1));

  expect([places.get('1'), places.get('2')]).toEqual([1, 0]);
});

it('lets one in that holds something, and past those that want the same whoever holds nothing', () => {
  const volume = { holds: 'volume' };
  const all = [waiting('1', 'p', volume), waiting('2', 'p', volume), waiting('3')];

  expect([...placesOf(all, runs(), limits(5)).values()]).toEqual([0, 1, 0]);
  const running = new Map([['r', { projectUid: 'p', namespace: 'ns', ...volume }]]);
  expect([...placesOf(all, running, limits(5)).values()]).toEqual([1, 2, 0]);
});

it('puts those behind that cannot start before somebody corrects something', () => {
  const places = placesOf([waiting('1', 'p', { blocked: true }), waiting('2')], new Map(), limits(1));

  expect([places.get('1'), places.get('2')]).toEqual([1, 0]);
});

const order = (builds: Waiting[], running = runs()) =>
  [...placesOf(builds, running, limits(0))].toSorted(([, a], [, b]) => a - b).map(([uid]) => uid);

it('lets the Projects of a namespace take turns', () => {
  expect(
    order([waiting('1', 'a'), waiting('2', 'a'), waiting('3', 'a'), waiting('4', 'b'), waiting('5', 'b')]),
  ).toEqual(['1', '4', '2', '5', '3']);
});

it('lets namespaces take turns, however many Projects each has', () => {
  const many = ['1', '2', '3', '4'].map((uid) => waiting(uid, `p${uid}`, { namespace: 'many' }));
  const one = ['5', '6'].map((uid) => waiting(uid, 'q', { namespace: 'one' }));

  expect(order([...many, ...one])).toEqual(['1', '5', '2', '6', '3', '4']);
});

it('counts what runs as a turn that was had', () => {
  expect(order([waiting('1', 'a'), waiting('2', 'b')], runs('a', 'a'))).toEqual(['2', '1']);
});

it('gives nobody a place while somebody waits who has two fewer', () => {
  const build = fc.record({
    uid: fc.uuid(),
    namespace: fc.constantFrom('a', 'b', 'c'),
    project: fc.constantFrom('x', 'y'),
  });
  const many = fc.uniqueArray(build, { selector: ({ uid }) => uid, maxLength: 30 });
  fc.assert(
    fc.property(many, fc.nat(10), fc.integer({ min: 1, max: 12 }), (all, split, total) => {
      const builds = all.map(({ uid, namespace, project }) =>
        waiting(uid, namespace + project, { namespace, since: '' }),
      );
      const running = new Map(builds.slice(0, split).map((build) => [build.uid, build]));
      const queue = builds.slice(split);
      const places = placesOf(queue, running, limits(total, 100));
      const admitted = queue.filter(({ uid }) => places.get(uid) === 0);
      const active = (namespace: string) =>
        [...running.values(), ...admitted].filter((build) => build.namespace === namespace).length;

      for (const { namespace: waits } of queue.filter(({ uid }) => places.get(uid) !== 0)) {
        for (const { namespace } of admitted) expect(active(namespace)).toBeLessThanOrEqual(active(waits) + 1);
      }
    }),
  );
});

it('never exceeds a limit, and leaves no room unused', () => {
  const build = fc.record({ uid: fc.uuid(), projectUid: fc.constantFrom('a', 'b', 'c'), blocked: fc.boolean() });
  const many = fc.uniqueArray(build, { selector: ({ uid }) => uid, maxLength: 20 });
  fc.assert(
    fc.property(
      many,
      fc.nat(10),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (all, split, total, each) => {
        const running = new Map(
          all.slice(0, split).map(({ uid, projectUid }) => [uid, { projectUid, namespace: 'ns' }]),
        );
        const queue = all
          .slice(split)
          .map(({ uid, projectUid, blocked }) => waiting(uid, projectUid, { blocked, since: '' }));
        const places = placesOf(queue, running, limits(total, each));
        const admitted = queue.filter(({ uid }) => places.get(uid) === 0);
        const active = [...running.values(), ...admitted].map(({ projectUid }) => projectUid);
        const count = (project: string) => active.filter((other) => other === project).length;

        expect(admitted.length === 0 || active.length <= total).toBe(true);
        for (const { projectUid } of admitted) expect(count(projectUid)).toBeLessThanOrEqual(each);
        const couldGo = queue.some(({ uid, projectUid }) => places.get(uid) !== 0 && count(projectUid) < each);
        expect(couldGo && active.length < total).toBe(false);
      },
    ),
  );
});
