import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesOf, type Waiting } from './queue.ts';

const waiting = (uid: string, projectUid = 'p', change: Partial<Waiting> = {}): Waiting => ({
  uid,
  projectUid,
  blocked: false,
  since: `2026-01-01T00:00:0${uid}Z`,
  key: `ns/${uid}`,
  ...change,
});
const limits = (total: number, each = 10) => ({ total, ofProject: () => each });

it('lets the oldest in, as far as there is room', () => {
  const places = placesOf([waiting('3'), waiting('1'), waiting('2')], new Map([['0', 'p']]), limits(2));

  expect([...places]).toEqual([
    ['1', 0],
    ['2', 1],
    ['3', 2],
  ]);
});

it('lets nobody wait for a Project that is at its own limit', () => {
  const running = new Map([['0', 'busy']]);

  const places = placesOf([waiting('1', 'busy'), waiting('2', 'free')], running, limits(5, 1));

  expect([places.get('1'), places.get('2')]).toEqual([1, 0]);
});

it('puts those behind that cannot start before somebody corrects something', () => {
  const places = placesOf([waiting('1', 'p', { blocked: true }), waiting('2')], new Map(), limits(1));

  expect([places.get('1'), places.get('2')]).toEqual([1, 0]);
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
        const running = new Map(all.slice(0, split).map(({ uid, projectUid }) => [uid, projectUid]));
        const queue = all
          .slice(split)
          .map(({ uid, projectUid, blocked }) => waiting(uid, projectUid, { blocked, since: '' }));
        const places = placesOf(queue, running, limits(total, each));
        const admitted = queue.filter(({ uid }) => places.get(uid) === 0);
        const active = [...running.values(), ...admitted.map(({ projectUid }) => projectUid)];
        const count = (project: string) => active.filter((other) => other === project).length;

        expect(admitted.length === 0 || active.length <= total).toBe(true);
        for (const { projectUid } of admitted) expect(count(projectUid)).toBeLessThanOrEqual(each);
        const couldGo = queue.some(({ uid, projectUid }) => places.get(uid) !== 0 && count(projectUid) < each);
        expect(couldGo && active.length < total).toBe(false);
      },
    ),
  );
});
