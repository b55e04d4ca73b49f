import { expect } from 'vitest';
import { strategy, strategyTypes } from '../../crds/strategy/strategy.ts';
import { TargetError } from '../target.ts';
import { Drive, intentFor } from './drive.ts';
import type { Rules } from './rig.ts';

/** What belongs to somebody else, and what a place cannot do. */
export const owning: Rules = {
  'refuses an object of somebody else under a name that it needs, and leaves it as it is': async ({ rig }) => {
    await rig.occupy();
    await rig.settle();
    const before = await rig.inventory();

    const error: unknown = await new Drive(rig).to(intentFor(await rig.makeRelease(1))).catch((thrown) => thrown);

    expect(error).toBeInstanceOf(TargetError);
    expect(['ForeignOwner', 'TargetNotOwned']).toContain((error as TargetError).reason);
    expect((await rig.inventory()).foreign).toEqual(before.foreign);
  },

  'leaves it when everything is removed, too': async ({ rig }) => {
    await rig.occupy();
    await rig.settle();
    const { foreign } = await rig.inventory();

    await new Drive(rig).remove();
    await rig.dropDeployment();

    expect((await rig.inventory()).foreign).toEqual(foreign);
  },

  'refuses a strategy that it does not have before anything changes, and names those that it has': async ({ rig }) => {
    const release = await rig.makeRelease(1);
    const before = await rig.inventory();
    const { strategies } = rig.newTarget().capabilities;

    for (const type of strategyTypes.filter((type) => !strategies.includes(type))) {
      const intent = intentFor(release, { strategy: { ...strategy.parse({}), type } });
      const error: unknown = await new Drive(rig).prepare(intent).catch((thrown) => thrown);

      expect(error).toMatchObject({ name: 'TargetError', reason: 'Unsupported' });
      for (const alternative of strategies) expect((error as Error).message).toContain(alternative);
    }
    expect(await rig.inventory()).toEqual(before);
  },
};
