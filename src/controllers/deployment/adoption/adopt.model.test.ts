import { expect, it } from 'vitest';
import { AdoptionWorld, anAdoptionMove } from '../../../../test/support/adoption-world.ts';
import { fc } from '../../../../test/support/properties.ts';

/*
 * A person or a tool deletes the apps/v1 object in each way and applies it again, with the same template or another one, at any
 * moment; apps/v1, which looks when it likes, adopts what it selects and makes what it misses; the garbage collector comes late; and
 * the operator dies with any of its writes. After every move and at rest:
 */
it('takes over once, fights with nobody, and ends in one copy or says who runs the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAdoptionMove, { maxLength: 20 }), async (moves) => {
      const world = await AdoptionWorld.open();
      for (const move of moves) await world.play(move);
      await world.calm();
      const { copies, blocked, broken, isDone } = await world.end();

      expect(broken).toEqual([]);
      expect(isDone || blocked !== undefined).toBe(true);
      expect(blocked === undefined ? copies : 0).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});

it('ends with one copy after each way of pruning and applying again, whichever write the operator dies with', async () => {
  for (const propagation of ['Orphan', 'Background', 'Foreground'] as const) {
    for (let writes = 1; writes <= 6; writes++) {
      const world = await AdoptionWorld.open();
      await world.play({ does: 'die', writes });
      await world.play({ does: 'prune', propagation });
      await world.play({ does: 'collect' });
      await world.calm();
      const { copies, blocked, broken, isDone } = await world.end();

      expect({ copies, blocked, broken, isDone, propagation, writes }).toMatchObject({
        blocked: undefined,
        broken: [],
        isDone: true,
      });
      expect(copies).toBeLessThanOrEqual(1);
    }
  }
});

it('leaves nothing to apps/v1 that it would start in place of what was taken over', async () => {
  const world = await AdoptionWorld.open();
  await world.calm();
  const { copies, blocked, isDone } = await world.end();

  expect({ copies, blocked, isDone }).toEqual({ copies: 1, blocked: undefined, isDone: true });
});

it('does not take what apps/v1 has not counted anew yet for pods of its own', async () => {
  const world = await AdoptionWorld.open();
  for (const does of ['look', 'apps', 'look', 'look', 'look'] as const) await world.play({ does });
  const { blocked, isDone } = await world.end();

  expect({ blocked, isDone }).toEqual({ blocked: undefined, isDone: true });
});
