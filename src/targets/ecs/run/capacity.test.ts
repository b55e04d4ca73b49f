import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { strategy } from '../../../crds/strategy/strategy.ts';
import { limitsOf } from '../../../rollout/rolling/limits.ts';
import { capacityOf } from './capacity.ts';

const amount = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`),
);
const isZero = (value: number | string) => value === 0 || value === '0%';

it('gives ECS percentages that its own rounding turns into the limits of apps/v1, up to twice the size', () => {
  const rolling = fc.record({ maxSurge: amount, maxUnavailable: amount });
  const usable = rolling.filter((one) => !(isZero(one.maxSurge) && isZero(one.maxUnavailable)));
  fc.assert(
    fc.property(usable, fc.integer({ min: 1, max: 90 }), (rolling, replicas) => {
      const wanted = limitsOf(replicas, rolling);

      const capacity = capacityOf(strategy.parse({ rolling }), replicas);

      expect(Math.floor((replicas * capacity.maximumPercent) / 100)).toBe(Math.min(wanted.most, 2 * replicas));
      expect(Math.ceil((replicas * capacity.minimumHealthyPercent) / 100)).toBe(wanted.fewestAvailable);
    }),
  );
});

it('always lets a task be replaced', () => {
  const { maximumPercent, minimumHealthyPercent } = capacityOf(strategy.parse({}), 1);

  expect([maximumPercent, minimumHealthyPercent]).toEqual([200, 100]);
  expect(capacityOf(strategy.parse({}), 0).needed).toBe(0);
});
