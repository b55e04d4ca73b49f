import { describe, expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import { type Strategy, strategy } from '../../crds/strategy/strategy.ts';
import { abort, askOf, promote, skip } from './ask.ts';
import type { Observed } from './state.ts';

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const running = anObservation();
const crash = { reason: 'CrashLoop' as const, message: 'app exits with 1' };
const asks = { promote, abort, skip } as const;

const blueGreen = (settings: object = {}) =>
  strategy.parse({ type: 'BlueGreen', progressDeadlineSeconds: 60, blueGreen: settings });
const manual = blueGreen({ promotion: 'Manual' });
const canary = (...steps: object[]) =>
  strategy.parse({ type: 'Canary', progressDeadlineSeconds: 60, canary: { steps } });

/** Release 1 serves. */
function serving(plan: Strategy): EngineDriver {
  const engine = new EngineDriver();
  engine.settings = { strategy: plan, replicas: 4 };
  engine.look(one, succeeded);
  return engine;
}

function say(engine: EngineDriver, what: keyof typeof asks, value: string): string | undefined {
  const ask = askOf(value);
  if (ask === undefined) return 'not understood';
  const { strategy: plan = manual } = engine.settings;
  const context = { strategy: plan, releases: engine.releases, now: new Date(engine.nowMs) };
  const answer = asks[what](engine.state, ask, context);
  if ('refused' in answer) return answer.refused;
  engine.state = answer.state;
  return undefined;
}

function seen(sides: Observed['sides'], fields: Partial<Observed> = {}): Observed {
  return anObservation({ sides, ...fields });
}

describe('BlueGreen', () => {
  it('gives a first release all traffic without a preview', () => {
    const engine = new EngineDriver();
    engine.settings = { strategy: manual, replicas: 4 };

    expect(engine.ask(one, { prepared: true }).aim).toMatchObject({ release: 1, stage: { weight: 100, replicas: 4 } });
  });

  it('asks for all traffic at once where nothing is waited for before it, then keeps the old one for its time', () => {
    const engine = serving(blueGreen({ previous: { warmSeconds: 120 } }));

    const coming = engine.look(two, running);
    const live = engine.look(two, succeeded);
    engine.advance(119);
    const warm = engine.look(two, succeeded);
    engine.advance(1);
    const cold = engine.look(two, succeeded);

    expect(coming.aim).toMatchObject({ release: 2, from: 1, stage: { weight: 100, replicas: 4 } });
    expect(coming.state.rollout?.progress).toBe('0/1');
    expect(live).toMatchObject({ state: { live: 2, previous: { release: 1 } }, summary: { reason: 'ReleaseLive' } });
    expect(warm.aim.warm).toEqual({ release: 1, replicas: 4 });
    expect(warm.lookAgainAt?.getTime()).toBe(engine.nowMs);
    expect(cold.aim.warm).toBeUndefined();
  });

  it('waits for a person as long as it takes, with the small preview that was asked for', () => {
    const engine = serving(blueGreen({ promotion: 'Manual', previewReplicas: 1 }));
    engine.look(two, succeeded);
    engine.advance(100_000);
    const waits = engine.look(two, succeeded);
    const refused = say(engine, 'promote', '2/0');
    say(engine, 'promote', '2/1');
    const promoted = engine.look(two, running);

    expect(waits).toMatchObject({ summary: { reason: 'AwaitingApproval' }, lookAgainAt: undefined });
    expect(waits.summary.message).toContain('vish.dev/promote: "2/1"');
    expect(waits.aim.stage).toEqual({ weight: 0, replicas: 1 });
    expect(refused).toContain('at step 1');
    expect(promoted.aim.stage).toEqual({ weight: 100, replicas: 4 });
  });

  it('takes a decision that came before the preview was up', () => {
    const engine = serving(manual);
    engine.look(two, running);
    say(engine, 'promote', '2');
    engine.look(two, succeeded);

    expect(engine.look(two, running).aim.stage).toEqual({ weight: 100, replicas: 4 });
  });

  it('takes no decision about a step that asks nobody for the one that comes later', () => {
    const engine = serving(manual);
    engine.look(two, running);
    const refused = say(engine, 'promote', '2/0');
    engine.look(two, succeeded);

    expect(refused).toContain('asks nobody');
    expect(engine.look(two, succeeded).summary.reason).toBe('AwaitingApproval');
  });

  it('goes back when nobody decides before the deadline that was asked for', () => {
    const engine = serving(blueGreen({ promotion: 'Manual', approvalDeadlineSeconds: 300 }));
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    engine.advance(300);
    const late = engine.look(two, running);
    engine.look(two, succeeded);

    expect(late.aim).toMatchObject({ release: 1, from: 2, goingBack: true, stage: { weight: 100 } });
    expect(engine.look(two, succeeded).summary.message).toContain('Nobody promoted it');
  });

  it('does not count the time of spec.paused against a decision', () => {
    const engine = serving(blueGreen({ promotion: 'Manual', approvalDeadlineSeconds: 300 }));
    engine.look(two, succeeded);
    engine.look(two, succeeded, { paused: true });
    engine.advance(1000);

    expect(engine.look(two, succeeded).summary.reason).toBe('AwaitingApproval');
  });

  it('goes back when the switch makes no progress before its deadline', () => {
    const engine = serving(blueGreen());
    engine.look(two, running);
    engine.advance(60);

    expect(engine.look(two, running).aim).toMatchObject({ release: 1, from: 2, goingBack: true });
  });

  it('is aborted by a person before the switch', () => {
    const engine = serving(manual);
    engine.look(two, succeeded);
    say(engine, 'abort', '2');
    const back = engine.look(two, running);
    const done = engine.look(two, succeeded);

    expect(back.aim).toMatchObject({ release: 1, from: 2, goingBack: true });
    expect(back.summary.reason).toBe('RollingBack');
    expect(done.summary.reason).toBe('Aborted');
    expect(engine.outcomes()).toEqual(['2 Aborted', '1 Live']);
    expect(engine.look(two, succeeded).state).toEqual(done.state);
  });

  it('is aborted after the switch, as long as the old release is there', () => {
    const engine = serving(blueGreen());
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    say(engine, 'abort', '2');
    const back = engine.look(two, running);
    engine.look(two, succeeded);

    expect(back).toMatchObject({ state: { live: 1 }, aim: { release: 1, from: 2, goingBack: true } });
    expect(engine.outcomes()).toEqual(['2 Aborted', '1 Live']);
  });

  it('cannot be aborted when the old release is gone, and says what to do', () => {
    const engine = serving(blueGreen({ previous: { warm: 'None' } }));
    engine.look(two, succeeded);
    engine.look(two, succeeded);

    expect(say(engine, 'abort', '2')).toContain('vish.dev/rollback');
  });

  it('goes back by itself when the new release stops serving soon after the switch', () => {
    const engine = serving(blueGreen());
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    const starting = engine.look(two, seen([{ release: 1, ready: 4 }]));
    const dead = engine.look(two, seen([{ release: 1, ready: 4 }], { ...crash, available: false }));

    expect(starting.state.live).toBe(2);
    expect(dead).toMatchObject({ state: { live: 1 }, aim: { release: 1, from: 2, goingBack: true } });
    expect(dead.summary.message).toContain('app exits with 1');
  });

  it('rolls back to the warm release by a switch alone', () => {
    const engine = serving(manual);
    engine.look(two, succeeded);
    say(engine, 'promote', '2');
    engine.look(two, succeeded);
    engine.look(two, succeeded);
    const back = engine.look(one, running, { cause: 'Rollback' });

    expect(back.aim).toMatchObject({ release: 1, from: 2, stage: { weight: 100, replicas: 4 } });
    expect(engine.look(one, succeeded, { cause: 'Rollback' }).state).toMatchObject({ live: 1, previous: undefined });
  });

  it('gives way to a second release, and goes back to the first one that served', () => {
    const engine = serving(blueGreen());
    engine.look(two, running);
    const next = engine.look(three, running);

    expect(next.aim).toMatchObject({ release: 3, from: 1 });
    expect(engine.outcomes()).toEqual(['3 InProgress', '2 Superseded', '1 Live']);
  });

  it('begins anew when the strategy changes in the middle', () => {
    const engine = serving(manual);
    engine.look(two, succeeded);
    engine.settings = { ...engine.settings, strategy: canary({ weight: 25 }, { approval: {} }) };

    const { aim, state } = engine.look(two, running);

    expect(state.rollout).toMatchObject({ strategy: 'Canary', progress: '0/3' });
    expect(aim.stage).toEqual({ weight: 25, replicas: 1 });
  });
});

describe('Canary', () => {
  const plan = canary({ weight: 25 }, { pauseSeconds: 30 }, { approval: {} }, { weight: 50 });

  it('goes by its steps', () => {
    const engine = serving(plan);
    const weights = [engine.look(two, running).aim.stage];
    engine.look(two, succeeded);
    const pause = engine.look(two, succeeded);
    engine.advance(30);
    const waits = engine.look(two, succeeded);
    say(engine, 'promote', '2/2');
    weights.push(engine.look(two, running).aim.stage);
    engine.look(two, succeeded);
    weights.push(engine.look(two, running).aim.stage);
    engine.look(two, succeeded);

    expect(weights).toEqual([
      { weight: 25, replicas: 1 },
      { weight: 50, replicas: 2 },
      { weight: 100, replicas: 4 },
    ]);
    expect(pause.summary.message).toContain('25 % of the traffic until');
    expect(waits.summary.reason).toBe('AwaitingApproval');
    expect(engine.state.live).toBe(2);
  });

  it('sets the size by hand until the next such step, and never below what the traffic needs', () => {
    const engine = serving(canary({ replicas: 2 }, { weight: 25 }, { weight: 75 }));
    const sizes = [0, 1, 2].map(() => {
      const { aim } = engine.look(two, running);
      engine.look(two, succeeded);
      return aim.stage?.replicas;
    });

    expect(sizes).toEqual([2, 2, 3]);
  });

  it('skips a pause but no decision, and is promoted past all', () => {
    const engine = serving(plan);
    engine.look(two, succeeded);
    const skipped = say(engine, 'skip', '2/1');
    const refused = say(engine, 'skip', '2/2');
    const waits = engine.look(two, succeeded);
    say(engine, 'promote', '2/full');

    expect([skipped, refused]).toEqual([undefined, expect.stringContaining('vish.dev/promote: "2/2"')]);
    expect(waits.summary.reason).toBe('AwaitingApproval');
    expect(engine.look(two, running).aim.stage).toEqual({ weight: 100, replicas: 4 });
  });

  it('ends when the place gives it up during a pause', () => {
    const engine = serving(plan);
    engine.look(two, succeeded);

    expect(engine.look(two, anObservation({ outcome: 'Failed', ...crash })).summary.reason).toBe('RollingBack');
  });
});

it('Rolling can be aborted, and has no step to promote or skip', () => {
  const engine = serving(strategy.parse({}));
  engine.look(two, running);

  expect(say(engine, 'promote', '2')).toContain('no step that waits');
  expect(say(engine, 'skip', '2')).toContain('cannot be skipped');
  expect(say(engine, 'abort', '3')).toContain('not 3');
  expect(say(engine, 'abort', '2')).toBeUndefined();
  expect(engine.look(two, running).aim).toEqual({ release: 1, from: 2, prepare: undefined });
});

it('a release that requests are chosen for by headers, or copied to, has a replica until all traffic is its own', () => {
  const headers = [{ name: 'X-Canary', value: 'yes' }];
  const engine = serving(canary({ headers }, { mirrorPercent: 20 }, { weight: 50 }, { mirrorPercent: 0 }));
  const stages = [1, 2, 3, 4, 5].map(() => engine.look(two, succeeded)).map(({ aim }) => aim.stage);

  expect(stages).toEqual([
    { weight: 0, replicas: 1, headers, mirrorPercent: 20 },
    { weight: 50, replicas: 2, headers, mirrorPercent: 20 },
    { weight: 50, replicas: 2, headers },
    { weight: 100, replicas: 4 },
    { weight: 100, replicas: 4 },
  ]);
});
