import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { aMove, RolloutWorld, type View } from '../../../test/support/rollout-world.ts';
import { reasons } from '../../crds/reasons/reasons.ts';

/** What holds after every look, whatever people, places, deadlines, clocks and crashes do. */
const rules: Record<string, (view: View) => boolean> = {
  'a release has one record, and the newest stands first': ({ decision }) => {
    const numbers = decision.state.history.map(({ number }) => number);
    return isDeepStrictEqual(
      numbers,
      [...new Set(numbers)].sort((a, b) => b - a),
    );
  },
  'what is live has its record and no other has it': ({ decision: { state } }) => {
    const comes = state.rollout?.release === state.live;
    return isDeepStrictEqual(numbersWith('Live', state.history), comes ? [] : [state.live].filter(isSet));
  },
  'what is on its way has its record and no other has it': ({ decision: { state } }) =>
    isDeepStrictEqual(numbersWith('InProgress', state.history), [state.rollout?.release].filter(isSet)),
  'nothing is live that the place did not say so of': ({ decision: { state }, served }) =>
    state.live === undefined || served.has(state.live),
  'what is live stays so until another one is': ({ decision: { state }, liveBefore }) =>
    liveBefore === undefined || state.live !== undefined,
  'the aim is at releases that exist': ({ decision: { aim }, releases }) =>
    [aim.release, aim.from, aim.prepare].filter(isSet).every((each) => releases.some(({ number }) => number === each)),
  'nothing comes from itself': ({ decision: { aim } }) => aim.release === undefined || aim.release !== aim.from,
  'the live release is always kept running': ({ decision: { aim, state } }) =>
    state.live === undefined || [aim.release, aim.from].includes(state.live),
  'what failed is under way only on its way back': ({ decision: { state }, releases }) => {
    const coming = releases.find(({ number }) => number === state.rollout?.release);
    return coming === undefined || coming.hash !== state.refused || state.rollout?.aborting === true;
  },
  'a wait for a machine has an end, a wait for a person has none': ({
    decision: { lookAgainAt, state, summary },
    paused,
  }) =>
    paused || state.rollout === undefined || summary.reason === 'TargetUnreachable'
      ? !paused || lookAgainAt === undefined
      : lookAgainAt !== undefined,
  'Ready means that nothing is on its way': ({ decision: { summary, state } }) =>
    reasons[summary.reason].course !== 'Done' || state.rollout === undefined,
  'a command is begun once for a release, until it has passed, and never while it is paused': ({ wronglyBegun }) =>
    wronglyBegun.length === 0,
  'nothing runs before its command has passed, but what is older than what serves': ({
    decision: { aim },
    hasHooks,
    passed,
    served,
  }) =>
    !hasHooks ||
    [aim.release, aim.from, aim.warm?.release]
      .filter(isSet)
      .every((each) => passed.has(each) || each < Math.max(0, ...served)),
  'asked again without news, it stays as it is: a crash after any write ends in the same state': ({ settled, again }) =>
    isDeepStrictEqual(settled, again),
};

it('keeps its rules and comes to rest', () => {
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 60 }), fc.boolean(), fc.boolean(), (moves, hasHooks, serves) => {
      const world = new RolloutWorld(hasHooks);
      // Most of what can go wrong needs a release to go back to, which a first one that is to pass all by chance seldom becomes.
      if (serves) world.calm();
      for (const move of moves) world.play(move);
      const { state, summary } = world.calm();

      const broken = Object.keys(rules).filter((rule) => !world.views.every((view) => rules[rule]?.(view) === true));
      expect(broken).toEqual([]);
      expect(state).toMatchObject({ live: expect.any(Number), rollout: undefined });
      expect(['ReleaseLive', 'RolledBack']).toContain(summary.reason);
    }),
    { numRuns: 600 },
  );
});

function numbersWith(outcome: string, history: View['decision']['state']['history']): number[] {
  return history.filter((record) => record.outcome === outcome).map(({ number }) => number);
}

function isSet(number: number | undefined): number is number {
  return number !== undefined;
}
