import { describe, expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const failed = anObservation({ outcome: 'Failed', reason: 'CrashLoop', message: 'app exits with 1', progress: 'x' });

function serving(release = one): EngineDriver {
  const engine = new EngineDriver();
  engine.look(release, succeeded);
  return engine;
}

describe('the first release', () => {
  it('is prepared before anything runs, and aimed at when the place has accepted it', () => {
    const engine = new EngineDriver();

    const before = engine.ask(one, { prepared: false });
    const after = engine.ask(one, { prepared: true });

    expect(before).toMatchObject({ aim: { prepare: 1, release: undefined }, summary: { reason: 'RollingOut' } });
    expect(after.aim).toEqual({ prepare: undefined, release: 1, from: undefined });
  });

  it('is live when the place says that it serves alone', () => {
    const engine = new EngineDriver();

    const { state, summary } = engine.look(one, succeeded);

    expect(state).toMatchObject({ live: 1, rollout: undefined, history: [{ number: 1, outcome: 'Live' }] });
    expect(summary.reason).toBe('ReleaseLive');
  });

  it('that fails is Stuck, still aimed at, and live when it heals', () => {
    const engine = new EngineDriver();

    const stuck = engine.look(one, failed);
    const healed = engine.look(one, succeeded);

    expect(stuck.summary.reason).toBe('ReleaseFailed');
    expect(stuck.aim.release).toBe(1);
    expect(stuck.axes.find(({ type }) => type === 'Progressing')).toMatchObject({ status: 'False' });
    expect(healed).toMatchObject({ state: { live: 1, refused: undefined }, summary: { reason: 'ReleaseLive' } });
  });
});

describe('a release that fails', () => {
  it('is taken back to the live one, and not tried again', () => {
    const engine = serving();

    const flipped = engine.look(two, failed);
    const back = engine.look(two, succeeded);
    const later = engine.look(two, succeeded);

    expect(flipped.aim).toEqual({ prepare: undefined, release: 1, from: 2 });
    expect(flipped.summary.reason).toBe('RollingBack');
    expect(back.summary.reason).toBe('RolledBack');
    expect(back.summary.message).toContain('app exits with 1');
    expect(back.axes).toContainEqual(expect.objectContaining({ type: 'RolledBack', status: 'True' }));
    expect(later.state).toEqual(back.state);
    expect(engine.outcomes()).toEqual(['2 RolledBack', '1 Live']);
  });

  it('gives way to the next one also while it is on its way back', () => {
    const engine = serving();
    engine.look(two, failed);

    const next = engine.look(three, anObservation());

    expect(next.aim).toEqual({ prepare: undefined, release: 3, from: 1 });
    expect(engine.outcomes()).toEqual(['3 InProgress', '2 RolledBack', '1 Live']);
  });

  it('is tried again under its number when the refusal is lifted', () => {
    const engine = serving();
    engine.look(two, failed);
    engine.look(two, succeeded);

    engine.state = { ...engine.state, refused: undefined };
    const again = engine.look(two, succeeded, { cause: 'Retry' });

    expect(again.state.live).toBe(2);
    expect(again.state.history[0]).toMatchObject({ number: 2, outcome: 'Live', cause: 'Retry' });
  });

  it('may be wanted again after another one has served', () => {
    const engine = serving();
    engine.look(two, failed);
    engine.look(two, succeeded);
    engine.look(three, succeeded);

    expect(engine.look(two, anObservation()).aim).toEqual({ prepare: undefined, release: 2, from: 3 });
  });

  it('is one whose place was taken by something that we did not start', () => {
    const engine = serving();

    expect(engine.look(two, anObservation({ outcome: 'Superseded' })).summary.reason).toBe('RollingBack');
  });

  it('does not hide that the one before it does not serve either', () => {
    const engine = serving();
    engine.look(two, failed);

    const { summary, axes } = engine.look(
      two,
      anObservation({ outcome: 'Failed', available: false, message: 'no node' }),
    );

    expect(summary).toMatchObject({ reason: 'RolledBack', message: expect.stringContaining('Now: no node') });
    expect(axes).toContainEqual(expect.objectContaining({ type: 'Available', status: 'False' }));
  });
});

describe('the progress deadline', () => {
  it('counts from the last change of what the place reports', () => {
    const engine = serving();
    engine.look(two, anObservation({ progress: 'a' }));
    engine.advance(50);
    engine.look(two, anObservation({ progress: 'b' }));
    engine.advance(50);
    const inTime = engine.look(two, anObservation({ progress: 'b' }));
    engine.advance(10);
    const late = engine.look(two, anObservation({ progress: 'b' }));

    expect(inTime.summary.reason).toBe('RollingOut');
    expect(inTime.lookAgainAt?.getTime()).toBe(engine.nowMs);
    expect(late.summary.reason).toBe('RollingBack');
    expect(late.state.history[0]).toMatchObject({ reason: 'ProgressDeadlineExceeded' });
  });

  it('follows a changed setting at once', () => {
    const engine = serving();
    engine.look(two, anObservation());
    engine.advance(59);
    engine.settings = { strategy: { type: 'Rolling', progressDeadlineSeconds: 600 } };
    engine.look(two, anObservation());
    engine.advance(100);

    expect(engine.look(two, anObservation()).summary.reason).toBe('RollingOut');
  });

  it('does not run while it is paused, and begins anew after that', () => {
    const engine = serving();
    engine.look(two, anObservation());
    engine.advance(59);
    const paused = engine.look(two, anObservation(), { paused: true });
    engine.advance(1000);
    const resumed = engine.look(two, anObservation());

    expect(paused).toMatchObject({ summary: { reason: 'Paused' }, lookAgainAt: undefined });
    expect(resumed.summary.reason).toBe('RollingOut');
    expect(resumed.lookAgainAt?.getTime()).toBe(engine.nowMs + 60_000);
  });

  it('does not give up a release because the place does not answer', () => {
    const engine = serving();
    engine.look(two, anObservation());
    engine.advance(1000);
    const refusal = { reason: 'TargetUnreachable', message: 'no answer' } as const;

    const { state, summary, axes } = engine.look(two, anObservation({ outcome: 'Unknown' }), { refusal });

    expect(state.rollout?.aborting).toBeUndefined();
    expect(summary.reason).toBe('TargetUnreachable');
    expect(axes).toContainEqual({ type: 'Available', keep: true });
  });

  it('does not run against a release that the place refuses to prepare', () => {
    const engine = serving();
    const refusal = { reason: 'InvalidTemplate', message: 'no such field' } as const;
    engine.look(two, undefined, { prepared: false, refusal });
    engine.advance(1000);

    const { state, summary } = engine.look(two, succeeded, { prepared: false, refusal });

    expect(state.rollout?.phase).toBe('Preparing');
    expect(summary.reason).toBe('InvalidTemplate');
  });

  it('ends a preparation that does not come to its end', () => {
    const engine = serving();
    engine.look(two, succeeded, { prepared: false });
    engine.advance(61);

    const { state, aim } = engine.look(two, succeeded, { prepared: false });

    expect(state.refused).toBe('hash-2');
    expect(aim.release).toBe(1);
  });

  it('ends a way back that does not come to its end', () => {
    const engine = serving();
    engine.look(two, failed);
    engine.look(two, anObservation());
    engine.advance(61);

    expect(engine.look(two, anObservation({ available: false })).summary.reason).toBe('RolledBack');
  });
});

describe('another wish in the middle of a rollout', () => {
  it('aims at the newest from the one that served last, and the middle one is superseded', () => {
    const engine = serving();
    engine.look(two, anObservation());

    const { aim } = engine.look(three, anObservation());

    expect(aim).toEqual({ prepare: undefined, release: 3, from: 1 });
    expect(engine.outcomes()).toEqual(['3 InProgress', '2 Superseded', '1 Live']);
  });

  it('for the live release ends the rollout', () => {
    const engine = serving();
    engine.look(two, anObservation());

    const { aim, state } = engine.look(one, succeeded);

    expect(aim.release).toBe(1);
    expect(state.rollout).toBeUndefined();
    expect(engine.outcomes()).toEqual(['2 Superseded', '1 Live']);
  });

  it('does not start while it is paused', () => {
    const engine = serving();

    const { aim, summary } = engine.look(two, succeeded, { paused: true });

    expect(aim.release).toBe(1);
    expect(summary.reason).toBe('Paused');
  });

  it('that cannot be told yet lets what is under way go on', () => {
    const engine = serving();
    engine.look(two, anObservation());
    const obstacle = { reason: 'Building', message: 'step 3' } as const;

    const under = engine.look(undefined, anObservation(), { obstacle });
    const after = engine.look(undefined, succeeded, { obstacle });

    expect(under).toMatchObject({ aim: { release: 2, from: 1 }, summary: { reason: 'RollingOut' } });
    expect(after).toMatchObject({ state: { live: 2 }, summary: { reason: 'Building' } });
  });
});

describe('what serves', () => {
  it('is told as held when newer releases are held back', () => {
    expect(serving().look(one, succeeded, { hold: 'spec.suspend is set.' }).summary.reason).toBe('Held');
  });

  it('is degraded for the reason of the place', () => {
    const observation = anObservation({ available: false, reason: 'CrashLoop', message: 'exit code 1' });

    const { summary, axes } = serving().look(one, observation);

    expect(summary).toEqual({ reason: 'CrashLoop', message: 'exit code 1' });
    expect(axes).toContainEqual(expect.objectContaining({ type: 'Available', status: 'False', reason: 'CrashLoop' }));
  });

  it('may be nothing, on purpose', () => {
    expect(serving().look(one, succeeded, { replicas: 0 }).summary.reason).toBe('ScaledToZero');
  });

  it('is forgotten with its release', () => {
    const engine = serving();
    engine.releases = [];

    expect(engine.look(undefined, undefined).state).toMatchObject({ live: undefined, history: [] });
  });
});
