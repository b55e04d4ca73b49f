import fc from 'fast-check';
import { expect } from 'vitest';
import { Drive, intentFor, type Manner } from './drive.ts';
import type { Inventory, Rules, TargetRig } from './rig.ts';

/** Up, forward, larger, back: what is there after each. */
async function story(rig: TargetRig, manner: Manner): Promise<Inventory[]> {
  const drive = new Drive(rig, manner);
  const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
  const chapters = [
    intentFor(first),
    intentFor(second, { from: first }),
    intentFor(second, { others: [first], replicas: 3 }),
    intentFor(first, { from: second, replicas: 3 }),
  ];
  const inventories: Inventory[] = [];
  for (const intent of chapters) {
    expect(await drive.to(intent)).toMatchObject({ outcome: 'Succeeded', available: true });
    inventories.push(await rig.inventory());
  }
  return inventories;
}

/** Every step may be repeated, and everything that was kept in memory lost. */
export const repeating: Rules = {
  'ends in the same states when each call is made one to three times': async ({ rig, makeRig }) => {
    const once = await story(rig, {});
    const times = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 7, maxLength: 13 });

    await fc.assert(
      fc.asyncProperty(times, async (counts) => {
        const timesOf = (call: number) => counts[call % counts.length] ?? 1;

        expect(await story(await makeRig(), { timesOf })).toEqual(once);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  },

  'ends in the same states when every call finds a new instance and no memory': async ({ rig, makeRig }) => {
    const once = await story(rig, {});

    expect(await story(await makeRig(), { forgetful: true })).toEqual(once);
    expect(await story(await makeRig(), { forgetful: true, timesOf: (call) => 1 + (call % 2) })).toEqual(once);
  },

  'renders the same input to the same JSON, without a clock or chance': async ({ rig }) => {
    const [one, two] = [await rig.makeRelease(1), await rig.makeRelease(1)];

    expect(two.rendered).toEqual(one.rendered);
    expect(JSON.parse(JSON.stringify(one.rendered))).toEqual(one.rendered);
  },
};
