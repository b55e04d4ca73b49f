import { expect } from 'vitest';
import { reasonEntry } from '../../crds/reasons/reasons.ts';
import { Drive, intentFor } from './drive.ts';
import type { Rules } from './rig.ts';

/** What is told of what is there. */
export const observing: Rules = {
  'changes nothing by looking, and says the same until something moves': async ({ rig, drive }) => {
    const intent = intentFor(await rig.makeRelease(1));
    await drive.prepare(intent);
    await drive.advance(intent);
    await rig.settle();
    const before = await rig.inventory();

    const [one, two] = [await drive.observe(intent), await drive.observe(intent)];

    expect(two).toEqual(one);
    expect(await rig.inventory()).toEqual(before);
  },

  'shows progress by another word each time that it has come further': async ({ rig, drive }) => {
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));
    const intent = intentFor(second, { from: first });
    const before = await drive.observe(intent);

    const after = await drive.to(intent);

    expect(before.outcome).toBe('Running');
    expect(after.progress).not.toBe(before.progress);
  },

  'is not at its end before anything was done': async ({ rig, drive }) => {
    const seen = await drive.observe(intentFor(await rig.makeRelease(1)));

    expect(['Running', 'Unknown']).toContain(seen.outcome);
    expect(seen).toMatchObject({ available: false, sides: [] });
  },

  /** A place that gives up says Failed; one that tries on says why, and its progress stands still for the deadline. */
  'says why a release cannot serve, while the one before it serves on': async ({ rig, drive }) => {
    await rig.breakRelease(2);
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    await drive.to(intentFor(first));
    const intent = intentFor(second, { from: first });

    const seen = await drive.towards(intent, 4);
    const later = await drive.towards(intent, 2);

    expect(['Failed', 'Running']).toContain(seen.outcome);
    expect(reasonEntry(seen.reason ?? '')).toBeDefined();
    expect(seen.message).not.toBe('');
    expect(seen.available).toBe(true);
    expect(later.progress).toBe(seen.progress);
  },

  'says that something else took the place of the release': async ({ rig, drive }) => {
    const intent = intentFor(await rig.makeRelease(1));
    await drive.to(intent);

    await rig.supersede();
    await rig.settle();

    const { foreign } = await rig.inventory();
    expect(await drive.observe(intent)).toMatchObject({ outcome: 'Superseded' });
    expect((await rig.inventory()).foreign).toEqual(foreign);
  },

  'does not know when the place does not answer': async ({ rig, drive }) => {
    const intent = intentFor(await rig.makeRelease(1));
    await drive.to(intent);

    await rig.becomeUnreachable();

    expect(await new Drive(rig).observe(intent)).toMatchObject({ outcome: 'Unknown' });
  },
};
