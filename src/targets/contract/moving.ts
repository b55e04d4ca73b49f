import { expect } from 'vitest';
import { Drive, intentFor } from './drive.ts';
import type { Rules } from './rig.ts';

/** What runs, from any state to any other. */
export const moving: Rules = {
  'runs the release at the wanted size, and changes nothing when it is asked again': async ({ rig, drive }) => {
    const intent = intentFor(await rig.makeRelease(1));

    const { sides } = await drive.to(intent);
    const before = await rig.inventory();
    await drive.prepare(intent);
    await drive.advance(intent);
    await rig.settle();

    expect(sides).toEqual([{ release: 1, replicas: 2, ready: 2, available: 2 }]);
    expect(before.running).toEqual({ 1: 2 });
    expect(await rig.inventory()).toEqual(before);
  },

  'scales what is live, to nothing and up again': async ({ rig, drive }) => {
    const release = await rig.makeRelease(1);

    for (const replicas of [1, 4, 0, 2]) {
      expect(await drive.to(intentFor(release, { replicas }))).toMatchObject({ outcome: 'Succeeded', available: true });
      expect((await rig.inventory()).running).toEqual(replicas === 0 ? {} : { 1: replicas });
    }
  },

  'scales in the middle of a rollout, and ends at the new size': async ({ rig, drive }) => {
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first, { replicas: 3 }));
    await drive.prepare(intentFor(second, { from: first, replicas: 3 }));
    await drive.advance(intentFor(second, { from: first, replicas: 3 }));

    const end = await drive.to(intentFor(second, { from: first, replicas: 5 }));

    expect(end).toMatchObject({ outcome: 'Succeeded' });
    expect((await rig.inventory()).running).toEqual({ 2: 5 });
  },

  'goes on to a third release from the middle of the second, and leaves neither behind': async ({ rig, drive }) => {
    const [first, second, third] = [await rig.makeRelease(1), await rig.makeRelease(2), await rig.makeRelease(3)];
    await drive.to(intentFor(first));
    await drive.prepare(intentFor(second, { from: first }));
    await drive.advance(intentFor(second, { from: first }));

    const end = await drive.to(intentFor(third, { from: first, others: [second] }));

    expect(end).toMatchObject({ outcome: 'Succeeded', available: true });
    expect((await rig.inventory()).running).toEqual({ 3: 2 });
  },

  'goes back to the release before, when the new one cannot serve': async ({ rig, drive }) => {
    await rig.breakRelease(2);
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));
    await drive.towards(intentFor(second, { from: first }), 3);

    const end = await drive.to(intentFor(first, { others: [second] }));

    expect(end).toMatchObject({ outcome: 'Succeeded', available: true });
    expect((await rig.inventory()).running).toEqual({ 1: 2 });
  },

  'moves nothing between releases while it is paused, and still scales what serves': async ({ rig, drive }) => {
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));

    const seen = await drive.towards(intentFor(second, { from: first, replicas: 3, paused: true }), 2);

    expect(seen.outcome).toBe('Running');
    expect((await rig.inventory()).running).toEqual({ 1: 3 });
  },

  'forgets releases that left the history, and may be told so twice': async ({ rig, drive }) => {
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));
    await drive.to(intentFor(second, { from: first }));

    await drive.forget([first]);
    await drive.forget([first]);
    await rig.dropRelease(first);
    await drive.forget([first]);

    const { running, releases } = await rig.inventory();
    expect({ running, releases }).toEqual({ running: { 2: 2 }, releases: [2] });
  },

  'removes everything, from the middle of a rollout too, and may be told so again': async ({ rig, drive }) => {
    const empty = await rig.inventory();
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));
    await drive.prepare(intentFor(second, { from: first }));
    await drive.advance(intentFor(second, { from: first }));

    await drive.remove();
    await drive.remove();
    await rig.dropDeployment();
    await drive.remove();

    expect(await rig.inventory()).toEqual(empty);
  },

  'removes what was never there': async ({ rig }) => {
    await expect(new Drive(rig).remove()).resolves.toBeUndefined();
  },
};
