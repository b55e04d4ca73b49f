import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halted, release } from './strategies/acts.ts';
import { columns } from './strategies/columns.ts';
import { type Contestant, contestantIn } from './strategies/contestant.ts';
import { leftOf, untilOnlyMadeIsLeft } from './strategies/gone.ts';
import { expectedOf, play, untilServed } from './strategies/play.ts';
import { bad, disasters, live, outage, people, type Row } from './strategies/rows.ts';
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
    await untilServed(contestant);
  });
  await Promise.all(first);
});
afterAll(() => endWorld(world, { operatorMayRestart: true }));

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

describe('a release that', () => {
  it.each(disasters)('$it', async (row) => {
    expect(await play(world, row, everybody())).toEqual(expectedOf(row, everybody()));
  });
});

describe('a Deployment that is deleted in the middle of a rollout', () => {
  it('in the background leaves nothing', async () => {
    expect(await leftAfter('Background', lives.bad)).toEqual([]);
  });

  it('as an orphan leaves an app that serves, and takes it back', async () => {
    const row: Row = {
      it: 'is taken back',
      acts: [...inTheMiddle, orphan, release()],
      // How those before it ended stood in the status that is gone.
      ends: {
        ...live,
        live: 'newer',
        outcomes: { newer: 'Live', new: 'Superseded', old: 'Superseded', earlier: 'Superseded' },
      },
      but: outage,
    };
    expect(await play(world, row, lives.people)).toEqual(expectedOf(row, lives.people));
  });

  it('in the foreground leaves nothing', async () => {
    expect(await leftAfter('Foreground', lives.people)).toEqual([]);
  });
});

const inTheMiddle = [release({ way: 'halting' }), halted];

async function leftAfter(propagation: 'Background' | 'Foreground', contestants: readonly Contestant[]) {
  const left = contestants.map(async (contestant) => {
    for (const act of inTheMiddle) await act(contestant);
    await contestant.remove(propagation);
    return leftOf(world, contestant);
  });
  return (await Promise.all(left)).flat();
}

async function orphan(contestant: Contestant): Promise<void> {
  await contestant.remove('Orphan');
  await untilOnlyMadeIsLeft(world, contestant);
}
