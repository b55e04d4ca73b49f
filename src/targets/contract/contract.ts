import { describe, expect, it } from 'vitest';
import { Drive } from './drive.ts';
import { moving } from './moving.ts';
import { observing } from './observing.ts';
import { owning } from './owning.ts';
import { repeating } from './repeating.ts';
import type { MakeRig, Rules } from './rig.ts';

/** A story is four rollouts at a real place; that takes its time on a busy machine. */
const timeout = 180_000;

const rules: Rules = { ...repeating, ...moving, ...observing, ...owning };

/** What every place must do, in the same words for all of them. */
export function targetContract(name: string, makeRig: MakeRig): void {
  describe(`${name} keeps the contract of targets: it`, { timeout }, () => {
    it.each(Object.entries(rules))('%s', async (_, holds) => {
      expect.hasAssertions();
      const rig = await makeRig();
      await holds({ rig, drive: new Drive(rig), makeRig });
    });
  });
}
