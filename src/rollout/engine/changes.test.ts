import { describe, expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import { type Strategy, strategy } from '../../crds/strategy/strategy.ts';
import { promote } from './ask.ts';

/* What people change while something is on its way. */

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const running = anObservation();
const failed = anObservation({ outcome: 'Failed', reason: 'CrashLoop', message: 'app exits with 1', progress: 'x' });

const canary = (...steps: object[]) =>
  strategy.parse({ type: 'Canary', progressDeadlineSeconds: 60, canary: { steps } });
const manual = strategy.parse({ type: 'BlueGreen', progressDeadlineSeconds: 60, blueGreen: { promotion: 'Manual' } });

/** Release 1 serves. */
function serving(plan: Strategy): EngineDriver {
  const engine = new EngineDriver();
  use(engine, plan);
  engine.look(one, succeeded);
  return engine;
}

function use(engine: EngineDriver, plan: Strategy): void {
  engine.settings = { strategy: plan, replicas: 4 };
}

describe('steps that are changed while a person decides', () => {
  it('give up no release for the time that the decision took', () => {
    const engine = serving(canary({ weight: 25 }, { approval: {} }, { weight: 50 }));
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    engine.advance(3600);
    use(engine, canary({ weight: 25 }, { weight: 30 }, { weight: 50 }));

    const { state, aim } = engine.look(two, running);

    expect(aim).toMatchObject({ release: 2, stage: { weight: 30 } });
    expect(state.rollout).toMatchObject({ phase: 'Advancing', step: 1 });
  });

  it('wait for one where there was none, until the deadline that is asked for', () => {
    const engine = serving(canary({ weight: 25 }, { weight: 30 }, { weight: 50 }));
    engine.look(two, succeeded);
    use(engine, canary({ weight: 25 }, { approval: { deadlineSeconds: 300 } }, { weight: 50 }));
    engine.look(two, succeeded);
    engine.advance(299);
    const waits = engine.look(two, running);
    engine.advance(1);
    const late = engine.look(two, succeeded);

    expect(waits.summary.reason).toBe('AwaitingApproval');
    expect(late.summary.message).toContain('Nobody promoted it');
  });
});

it('a decision about one strategy is none about another', () => {
  const engine = serving(manual);
  engine.look(two, succeeded);
  const context = { strategy: manual, releases: engine.releases, now: new Date(engine.nowMs) };
  const answer = promote(engine.state, { release: 2 }, context);
  if ('state' in answer) engine.state = answer.state;
  use(engine, canary({ weight: 25 }, { weight: 30 }, { approval: {} }));
  for (const _ of [1, 2, 3]) engine.look(two, succeeded);

  expect(engine.look(two, succeeded).summary.reason).toBe('AwaitingApproval');
});

describe('a release that is not wanted any more', () => {
  it('does not become live because the wish goes back to one that failed', () => {
    const engine = serving(strategy.parse({ progressDeadlineSeconds: 60 }));
    engine.look(two, failed);
    engine.look(two, succeeded);
    engine.look(three, running);

    engine.look(two, running);
    const after = engine.look(two, succeeded);

    expect(after.state).toMatchObject({ live: 1, rollout: undefined });
    expect(after.summary.reason).toBe('RolledBack');
    expect(engine.outcomes()).toEqual(['3 Superseded', '2 RolledBack', '1 Live']);
  });

  it('is told as long as it has traffic', () => {
    const engine = serving(canary({ weight: 60 }));
    const shares = (live: number) => [
      { release: 2, ready: 3, weight: 100 - live },
      { release: 1, ready: 4, weight: live },
    ];
    engine.look(two, anObservation({ sides: shares(40) }));

    const withdrawn = engine.look(one, anObservation({ sides: shares(40) }));
    const back = engine.look(one, anObservation({ outcome: 'Succeeded', sides: shares(100) }));

    expect(withdrawn.summary).toEqual({ reason: 'RollingOut', message: expect.stringContaining('60 %') });
    expect(back.summary.reason).toBe('ReleaseLive');
  });
});

it('a release that is wanted anew is not called a rollback for an old one', () => {
  const engine = serving(strategy.parse({ type: 'BlueGreen' }));
  engine.look(two, succeeded);
  engine.look(two, succeeded);
  for (const _ of [1, 2]) engine.look(one, succeeded, { cause: 'Rollback' });
  for (const _ of [1, 2]) engine.look(two, succeeded);
  for (const _ of [1, 2]) engine.look(one, succeeded);

  expect(engine.state).toMatchObject({ live: 1, previous: { release: 2 } });
  expect(engine.state.history.map(({ cause }) => cause)).toEqual(['Commit', 'Commit']);
});

describe('a clock that goes back', () => {
  it('does not put off the deadline by as much', () => {
    const engine = serving(manual);
    engine.look(two, running);
    engine.advance(-3600);
    engine.look(two, running);
    engine.advance(60);

    expect(engine.look(two, running).summary.reason).toBe('RollingBack');
  });

  it('keeps the release before no longer than its time', () => {
    const engine = serving(strategy.parse({ type: 'BlueGreen', blueGreen: { previous: { warmSeconds: 120 } } }));
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    engine.advance(-3600);
    engine.look(two, succeeded);
    engine.advance(120);

    expect(engine.look(two, succeeded).aim.warm).toBeUndefined();
  });
});

it('a place that does not answer after the deadline is asked again in a while, not at once', () => {
  const engine = serving(strategy.parse({ progressDeadlineSeconds: 60 }));
  engine.look(two, running);
  engine.advance(60);

  const { lookAgainAt } = engine.look(two, anObservation({ outcome: 'Unknown' }));

  expect((lookAgainAt?.getTime() ?? 0) - engine.nowMs).toBeGreaterThanOrEqual(1000);
});

it('what failed is left at once also when its way back took longer than the deadline', () => {
  const engine = serving(manual);
  engine.look(two, succeeded);
  engine.look(two, failed);
  engine.look(two, running);
  engine.advance(60);
  engine.look(two, running);

  expect(engine.look(two, running).aim).toMatchObject({ release: 1, from: undefined, goingBack: true });
});

it('a rollback by a person does not wait for all replicas of a release that has served', () => {
  const engine = serving(strategy.parse({ type: 'BlueGreen', blueGreen: { previous: { warm: 'None' } } }));
  engine.look(two, succeeded);
  engine.look(two, succeeded);

  expect(engine.look(one, running, { cause: 'Rollback' }).aim).toMatchObject({ release: 1, from: 2, hasServed: true });
  expect(engine.look(three, running).aim.hasServed).toBeUndefined();
});
