import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { failureReasons } from './failure.ts';
import { acceptsOlder, type Outcome, type Position, planNext, startPosition } from './plan.ts';

const outcome: fc.Arbitrary<Outcome> = fc.record({
  request: fc.constantFrom('watchList' as const, 'list' as const, 'watch' as const),
  synced: fc.boolean(),
  progressed: fc.boolean(),
  failure: fc.option(fc.record({ reason: fc.constantFrom(...failureReasons), detail: fc.constant('') }), {
    nil: undefined,
  }),
});

it('never asks for WatchList again once it gave it up, and believes an older list only by quorum', () => {
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      let position: Position = startPosition;
      for (const [now, each] of outcomes.entries()) {
        const next = planNext(position, each, now * 10_000).position;
        expect(next.watchList && !position.watchList).toBe(false);
        expect(acceptsOlder(next)).toBe(next.quorum && next.staleReads >= 5);
        position = next;
      }
    }),
  );
});

it('waits after every failure, except to ask a server without WatchList in the other way', () => {
  fc.assert(
    fc.property(outcome, fc.boolean(), (each, watchList) => {
      const before = { ...startPosition, watchList };

      const { position, wait } = planNext(before, each, 0);

      const otherWay = each.failure?.reason === 'Refused' && before.watchList && !position.watchList;
      expect(wait).toBe(each.failure !== undefined && !otherWay);
    }),
  );
});

it('stops asking for a list as soon as one is complete', () => {
  const before = { ...startPosition, quorum: true, trustVersions: false, staleReads: 3 };

  const { position } = planNext(before, { request: 'watchList', synced: true, progressed: true }, 0);

  expect(position).toEqual({ ...startPosition, sync: false });
});
