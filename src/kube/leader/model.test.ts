import { expect, it } from 'vitest';
import { type Fault, LeaseWorld, type Plan, type ReplicaPlan } from '../../../test/support/lease-world.ts';
import { fc } from '../../../test/support/properties.ts';

const faultsEnd = 120_000;
const settleMs = 60_000;

const aReplicaPlan: fc.Arbitrary<ReplicaPlan> = fc.record({
  // A lease of 15 s and a deadline of 10 s allow clocks that differ by half; the rest is for what we cannot measure.
  rate: fc.double({ min: 0.85, max: 1.2, noNaN: true }),
  offsetMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  startMs: fc.integer({ min: 0, max: 20_000 }),
  stopMs: fc.oneof(fc.constant(10_000_000), fc.integer({ min: 20_000, max: faultsEnd })),
  chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const aFault = (replicas: number): fc.Arbitrary<Fault> =>
  fc.record({
    kind: fc.constantFrom('request lost', 'answer lost', 'slow', 'paused'),
    replica: fc.nat(replicas - 1),
    from: fc.integer({ min: 0, max: faultsEnd - 30_000 }),
    ms: fc.integer({ min: 100, max: 30_000 }),
    delayMs: fc.integer({ min: 100, max: 9_000 }),
  });

const aPlan: fc.Arbitrary<Plan> = fc
  .array(aReplicaPlan, { minLength: 2, maxLength: 5 })
  .chain((replicas) =>
    fc.record({ replicas: fc.constant(replicas), faults: fc.array(aFault(replicas.length), { maxLength: 12 }) }),
  );

/*
 * At every moment of the server's clock at most one replica believes that it leads, under clocks that are off and run
 * at different speeds, lost requests, lost answers, slow ones, and processes that stand still. Once the faults are over
 * somebody leads again.
 */
it('never has two leaders, and finds one again after the faults', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aPlan, async (plan) => {
      const world = new LeaseWorld(plan);
      for (let at = 0; at < faultsEnd + settleMs; at += 250) {
        await world.clock.advance(250);
        expect(world.leaders().length).toBeLessThanOrEqual(1);
      }
      const alive = plan.replicas.some(({ stopMs }) => stopMs > faultsEnd);
      expect(world.leaders()).toHaveLength(alive ? 1 : 0);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});
