import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columns } from './strategies/columns.ts';
import { type Contestant, contestantIn } from './strategies/contestant.ts';
import { expectedOf, play } from './strategies/play.ts';
import { bad, people } from './strategies/rows.ts';
import { endWorld } from './world/verdict.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;
let lives: Readonly<Record<'bad' | 'people', readonly Contestant[]>>;
const everybody = () => [...lives.bad, ...lives.people];

beforeAll(async () => {
  world = await startWorld('e2e-strategies');
  const begin = (life: string) => columns.map((column) => contestantIn(world, { column, life }));
  lives = { bad: begin('bad'), people: begin('people') };
  const first = everybody().map(async (contestant) => {
    await contestant.release();
    await contestant.until(({ status }) => status?.state === 'Ready', 90_000);
  });
  await Promise.all(first);
});
afterAll(() => endWorld(world));

const inOrder = { concurrent: false };

/** Two lives side by side: while one waits for a deadline the other one works. */
describe('a release that', () => {
  describe.concurrent('is no good', () => {
    it.each(bad)('$it', inOrder, async (row) => {
      expect(await play(world, row, lives.bad)).toEqual(expectedOf(row, lives.bad));
    });
  });
  describe.concurrent('people deal with', () => {
    it.each(people)('$it', inOrder, async (row) => {
      expect(await play(world, row, lives.people)).toEqual(expectedOf(row, lives.people));
    });
  });
});
