import { describe, expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import { strategy } from '../../crds/strategy/strategy.ts';
import { abort } from './ask.ts';
import { holdsPlace } from './queue.ts';

/* Rollouts that wait until others have ended. */

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const broken = anObservation({ outcome: 'Failed', reason: 'CrashLoop', message: 'exits with 1', available: false });
const manual = strategy.parse({ type: 'BlueGreen', blueGreen: { promotion: 'Manual' } });
const warm = strategy.parse({ type: 'BlueGreen' });

/** Release 1 serves, and two other rollouts go before any that begins. */
function busy(plan = strategy.parse({ progressDeadlineSeconds: 60 })): EngineDriver {
  const engine = new EngineDriver();
  engine.settings = { strategy: plan };
  engine.look(one, succeeded);
  engine.look(one, succeeded);
  engine.settings = { strategy: plan, ahead: 2 };
  return engine;
}

describe('a release that has to wait', () => {
  it('says so with its position, and changes nothing', () => {
    const engine = busy();

    const { state, aim, summary, axes } = engine.look(two, succeeded);

    expect(summary).toEqual({
      reason: 'RolloutQueued',
      message: 'Release 2 waits for its turn: 2 other rollouts go first.',
    });
    expect(axes).toContainEqual(
      expect.objectContaining({ type: 'Progressing', status: 'True', reason: 'RolloutQueued' }),
    );
    expect(state).toMatchObject({ live: 1, rollout: undefined, queued: { release: 2, position: 2 } });
    expect(aim).toMatchObject({ release: 1, from: undefined, prepare: undefined });
  });

  it('begins when nobody goes first any more', () => {
    const engine = busy();
    engine.look(two, succeeded);

    const { state } = engine.look(two, anObservation(), { ahead: 0 });

    expect(state.rollout).toMatchObject({ release: 2, phase: 'Advancing' });
    expect(state.queued).toBeUndefined();
  });

  it('waits since the one before it did, so that whoever pushes often comes to his turn', () => {
    const engine = busy();
    const { since } = engine.look(two, succeeded).state.queued ?? {};
    engine.advance(600);

    expect(engine.look(three, succeeded).state.queued).toEqual({ release: 3, since, position: 2 });
  });

  it('keeps its turn while it cannot be told what is wanted, and does not claim to wait', () => {
    const engine = busy();
    engine.look(two, succeeded);
    const obstacle = { reason: 'Building', message: 'It is built.' } as const;

    const { state, summary } = engine.look(undefined, succeeded, { obstacle });

    expect(state.queued).toMatchObject({ release: 2 });
    expect(summary.reason).toBe('Building');
  });

  it.each([
    ['it is not wanted any more', one, {}],
    ['it is paused', two, { paused: true }],
  ])('leaves the queue when %s', (_, wanted, more) => {
    const engine = busy();
    engine.look(two, succeeded);

    expect(engine.look(wanted, succeeded, more).state.queued).toBeUndefined();
  });

  it('does not hide that nobody is served', () => {
    const engine = busy();
    const { summary, axes } = engine.look(two, broken);

    expect(summary.reason).toBe('CrashLoop');
    expect(axes).toContainEqual(expect.objectContaining({ type: 'Progressing', reason: 'RolloutQueued' }));
  });
});

describe('an emergency waits for nobody', () => {
  it('a rollback by a person, another try, and a pin', () => {
    for (const more of [{ cause: 'Rollback' }, { cause: 'Retry' }, { hold: 'spec.pin is 2.' }] as const) {
      expect(busy().look(two, anObservation(), more).state.rollout).toMatchObject({ release: 2 });
    }
  });

  it('the way back to a release that is still warm', () => {
    const engine = busy(warm);
    engine.look(two, succeeded, { ahead: 0 });
    engine.look(two, succeeded);

    expect(engine.look(one, anObservation()).state.rollout).toMatchObject({ release: 1 });
  });

  it('an abort of what is live, and the way back by itself, while the next one waits', () => {
    const engine = busy(warm);
    engine.look(two, succeeded, { ahead: 0 });
    engine.look(two, succeeded);
    engine.look(three, succeeded);
    const context = { strategy: warm, releases: engine.releases, now: new Date(engine.nowMs) };
    const sides = [
      { release: 2, ready: 0 },
      { release: 1, ready: 1 },
    ];

    expect(abort(engine.state, { release: 2 }, context)).toMatchObject({ state: { rollout: { aborting: true } } });
    expect(engine.look(three, { ...broken, sides }).state.live).toBe(1);
  });

  it('a release that comes into the middle of another one goes on in its place', () => {
    const engine = busy();
    engine.look(two, anObservation(), { ahead: 0 });

    expect(engine.look(three, anObservation()).state.rollout).toMatchObject({ release: 3 });
  });
});

describe('a place', () => {
  it('is given back while a person is waited for, and the next release waits for its turn', () => {
    const engine = busy(manual);
    engine.look(two, succeeded, { ahead: 0 });
    const { state } = engine.look(two, succeeded, { ahead: 0 });
    const held = holdsPlace(state.rollout, false);

    const next = engine.look(three, anObservation());

    expect([state.rollout?.phase, held]).toEqual(['AwaitingApproval', false]);
    expect(next.state).toMatchObject({ rollout: undefined, queued: { release: 3 } });
    expect(engine.outcomes()).toContain('2 Superseded');
  });

  it('is held while it moves and on the way back, not while it is paused or refused before it began', () => {
    const engine = busy();
    const moving = engine.look(two, anObservation(), { ahead: 0 }).state.rollout;
    const back = engine.look(two, broken).state.rollout;
    const refusal = { reason: 'InvalidTemplate', message: 'no' } as const;
    const refused = busy().look(two, undefined, { ahead: 0, prepared: false, refusal }).state.rollout;

    expect(back).toMatchObject({ aborting: true });
    expect([moving, back, refused].map((rollout) => holdsPlace(rollout, false))).toEqual([true, true, false]);
    expect(holdsPlace(moving, true)).toBe(false);
  });

  it('is given back while nothing may be asked of its place, and held again when that is over', () => {
    const engine = busy();
    engine.look(two, anObservation(), { ahead: 0 });
    const refused = engine.ask(undefined, { paused: true }).state.rollout;
    const again = engine.look(two, anObservation()).state.rollout;

    expect([refused, again]).toMatchObject([{ phase: 'Advancing' }, { phase: 'Advancing' }]);
    expect([refused, again].map((rollout) => holdsPlace(rollout, false))).toEqual([false, true]);
  });
});
