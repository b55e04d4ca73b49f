import { expect, it } from 'vitest';
import { aHandOverMove, HandOverWorld } from '../../../../test/support/hand-over-world.ts';
import { fc } from '../../../../test/support/properties.ts';

/** As it ends whatever happened on the way, and also after our Deployment is deleted. */
const handedOver = {
  isDone: true,
  broken: [],
  running: ['uid-set-web-1'],
  paused: false,
  left: ['web', 'web-1'],
};

/*
 * apps/v1 looks when it likes, a person takes the pause away or deletes what was made while it runs nothing, the garbage
 * collector comes late, and the operator dies with any of its writes. After every move the pods that serve are as many as
 * before and somebody's; at the end they are those of apps/v1, and it has no others.
 */
it('gives away what runs without touching it, and leaves nothing that goes with us', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aHandOverMove, { maxLength: 20 }), async (moves) => {
      const world = await HandOverWorld.open();
      for (const move of moves) await world.play(move);
      await world.calm();

      expect(await world.end()).toMatchObject(handedOver);
    }),
    { numRuns: 60 },
  );
});

it('makes no second copy, whichever write the operator dies with', async () => {
  for (let writes = 1; writes <= 5; writes++) {
    const world = await HandOverWorld.open();
    await world.play({ does: 'die', writes });
    await world.calm();

    expect({ ...(await world.end()), writes }).toMatchObject({ ...handedOver, owners: [true], writes });
  }
});
