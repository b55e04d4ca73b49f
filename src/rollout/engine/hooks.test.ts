import { describe, expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import { strategy } from '../../crds/strategy/strategy.ts';
import { hooks } from '../../crds/workload/jobs.ts';
import { abort, promote } from './ask.ts';
import type { Decision } from './decide.ts';
import type { HookReport, HookRun, Input } from './state.ts';

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const command = { command: ['migrate'], deadlineSeconds: 120 };
const both = hooks.parse({ beforeRelease: command, afterRelease: command });
const before = hooks.parse({ beforeRelease: command });
const after = hooks.parse({ afterRelease: command });
const byApproval = { type: 'Canary', canary: { steps: [{ approval: {} }, { weight: 50 }] } } as const;
const broken = anObservation({ outcome: 'Failed', reason: 'CrashLoop', message: 'app exits with 1' });

function withHooks(wanted: Input['hooks'], live = false): EngineDriver {
  const engine = new EngineDriver();
  engine.settings = { hooks: undefined };
  if (live) engine.look(one, succeeded);
  engine.settings = { hooks: wanted };
  return engine;
}

/** The command that is to run comes to this end. */
function report(
  engine: EngineDriver,
  wanted = two,
  outcome: HookReport['outcome'] = 'Passed',
  message = 'done',
): Decision {
  const { hooks: runs } = engine.ask(wanted);
  const hookReports = runs.map(({ release, hook, attempt }) => ({ release, hook, attempt, outcome, message }));
  return engine.ask(wanted, { hookReports });
}

describe('the command before a release', () => {
  it('runs before anything of it does, and is told with its deadline', () => {
    const engine = withHooks(before, true);

    const { aim, summary, state, hooks: runs, lookAgainAt } = engine.look(two, succeeded);

    expect(aim).toEqual({ release: 1, from: undefined, prepare: undefined });
    expect(runs).toMatchObject([{ release: 2, hook: 'before', mayBegin: true }]);
    expect(state.rollout).toMatchObject({ phase: 'RunningHook', deadline: '2026-01-01T00:02:00Z' });
    expect(summary).toMatchObject({ reason: 'RunningHook', message: expect.stringContaining('2026-01-01T00:02:00Z') });
    expect(lookAgainAt).toEqual(new Date(engine.nowMs + 120_000));
  });

  it('runs for the first release too', () => {
    const engine = withHooks(before);

    expect(engine.look(one).aim).toEqual({ release: undefined, from: undefined, prepare: undefined });
    expect(report(engine, one).aim.release).toBe(1);
  });

  it('lets the release go on when it has passed, and is not run for it again', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);

    const passed = report(engine);
    engine.look(two, broken);
    engine.look(two, succeeded);
    engine.state = { ...engine.state, refused: undefined };
    const again = engine.look(two, anObservation(), { cause: 'Retry' });

    expect(passed.aim).toEqual({ release: 2, from: 1, prepare: undefined });
    expect(again.state.rollout).toMatchObject({ phase: 'Advancing' });
    expect(again.hooks).toEqual([]);
  });

  it('that fails ends the release as any failure does, with what it said', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);

    const { aim } = report(engine, two, 'Failed', 'It ended with exit code 3: no such table');
    const { state, summary } = engine.look(two, succeeded);

    expect(aim.release).toBe(1);
    expect(state).toMatchObject({ live: 1, refused: 'hash-2', history: [{ reason: 'HookFailed' }, {}] });
    expect(summary).toMatchObject({
      reason: 'RolledBack',
      message: expect.stringContaining('exit code 3: no such table'),
    });
  });

  it('that fails leaves nothing to take back: not even for a moment is the place to run the release', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);

    const { aim, state, summary } = report(engine, two, 'Failed', 'It ended with exit code 3');

    expect(aim).toMatchObject({ release: 1, from: undefined, prepare: undefined });
    expect(state).toMatchObject({ live: 1, rollout: undefined });
    expect(summary.reason).toBe('RolledBack');
  });

  it('that fails for the first release leaves nothing running', () => {
    const engine = withHooks(before);
    engine.look(one);

    const { aim, summary } = report(engine, one, 'Failed', 'It ended with exit code 3');

    expect(aim.release).toBeUndefined();
    expect(summary.reason).toBe('ReleaseFailed');
    expect(engine.outcomes()).toEqual(['1 Failed']);
  });

  it('runs again when a person wants the release to be tried again', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);
    const first = report(engine, two, 'Failed').state.history[0]?.hooks?.before?.startedAt;
    engine.advance(5);
    engine.state = { ...engine.state, refused: undefined };

    const [run] = engine.look(two, succeeded, { cause: 'Retry' }).hooks;

    expect(run?.attempt).not.toBe(first);
    expect(report(engine).state.history[0]?.hooks?.before?.result).toBe('Passed');
  });

  it('is given up at its deadline when it is known to run still, and not for silence', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);
    engine.advance(121);

    const silent = engine.look(two, succeeded);
    const late = report(engine, two, 'Running', 'A node cannot pull the image.');

    expect(silent.state.rollout?.phase).toBe('RunningHook');
    expect(late.summary.message).toContain('It had not ended after 120 s. A node cannot pull the image.');
  });

  it('is ended by a person who aborts the release', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);
    const answer = abort(engine.state, { release: 2 }, { ...context(engine), releases: engine.releases });
    if ('state' in answer) engine.state = answer.state;

    const { hooks: runs, summary } = engine.look(two, succeeded);

    expect(runs).toEqual([]);
    expect(summary.reason).toBe('Aborted');
  });

  it('is ended by the next release, whose own runs', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);

    expect(engine.look(three, succeeded).hooks).toMatchObject([{ release: 3, hook: 'before' }]);
  });

  it('lets a decision hold that a person took about the first step meanwhile', () => {
    const engine = withHooks(before, true);
    engine.settings = { ...engine.settings, strategy: strategy.parse(byApproval) };
    engine.look(two, succeeded);
    const asked = { strategy: strategy.parse(byApproval), releases: engine.releases, now: new Date(engine.nowMs) };
    const answer = promote(engine.state, { release: 2, step: 0 }, asked);
    if ('state' in answer) engine.state = answer.state;

    report(engine);

    expect(engine.look(two, anObservation()).state.rollout).toMatchObject({ phase: 'Advancing', step: 1 });
  });

  it('is not run on the way back to an older release', () => {
    const engine = withHooks(undefined, true);
    engine.look(two, succeeded);
    engine.settings = { hooks: both };

    const back = engine.look(one, anObservation(), { cause: 'Rollback' });
    const there = engine.look(one, succeeded);

    expect(back.state.rollout?.phase).toBe('Advancing');
    expect([back.hooks, there.hooks]).toEqual([[], []]);
  });

  it('is run where a person goes to a newer release that never came to its turn', () => {
    const engine = withHooks(before, true);
    engine.releases.push(two);
    engine.look(one, succeeded);

    const there = engine.look(two, succeeded, { cause: 'Rollback', hold: 'a rollback' });

    expect(engine.outcomes()).toEqual(['2 InProgress', '1 Live']);
    expect(there.hooks).toMatchObject([{ release: 2, hook: 'before' }]);
  });

  it('begins nothing while it is paused, and what it came to counts after that', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);

    const paused = engine.look(two, succeeded, { paused: true });
    const hookReports = paused.hooks.map((run) => ({ ...run, outcome: 'Passed' as const, message: '' }));
    const heard = engine.ask(two, { paused: true, hookReports });
    const resumed = engine.look(two, anObservation());

    expect(paused.hooks).toMatchObject([{ mayBegin: false }]);
    expect(heard.state.rollout?.phase).toBe('RunningHook');
    expect(resumed.aim.release).toBe(2);
  });

  it('has its time again after a pause, as none runs in it', () => {
    const engine = withHooks(before, true);
    const [first] = engine.look(two, succeeded).hooks;
    engine.look(two, succeeded, { paused: true });
    engine.advance(300);
    const waits = { ...(first as HookRun), outcome: 'Running' as const, message: '' };
    engine.ask(two, { paused: true, hookReports: [waits] });

    const [run] = engine.look(two, succeeded).hooks;
    const { state } = engine.ask(two, { hookReports: [waits] });

    expect(run).toEqual({ ...first, mayBegin: true });
    expect(state.rollout).toMatchObject({ phase: 'RunningHook', deadline: '2026-01-01T00:07:00Z' });
  });

  it('is not begun after its deadline, only to be ended in its middle', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);
    engine.advance(121);

    expect(engine.ask(two).hooks).toMatchObject([{ mayBegin: false }]);
  });

  it('is not waited for any more when it is taken out', () => {
    const engine = withHooks(before, true);
    engine.look(two, succeeded);
    engine.settings = {};

    expect(engine.look(two, anObservation())).toMatchObject({ hooks: [], aim: { release: 2 } });
  });
});

describe('the command after a release', () => {
  it('runs when the release is live, which is told all the same', () => {
    const engine = withHooks(after, true);

    const { state, summary, hooks: runs } = engine.look(two, succeeded);

    expect(state).toMatchObject({ live: 2, rollout: undefined });
    expect(runs).toMatchObject([{ release: 2, hook: 'after' }]);
    expect(summary).toMatchObject({
      reason: 'ReleaseLive',
      message: expect.stringContaining('after the release runs'),
    });
  });

  it('that fails is told, and changes nothing of what serves', () => {
    const engine = withHooks(after, true);
    engine.look(two, succeeded);

    const { aim, summary, axes } = report(engine, two, 'Failed', 'It ended with exit code 3');

    expect(aim.release).toBe(2);
    expect(summary.reason).toBe('ReleaseLive');
    expect(axes).toContainEqual(
      expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'HookFailed' }),
    );
  });

  it('is run once, and ended when another release is live', () => {
    const engine = withHooks(after, true);
    engine.look(two, succeeded);
    const passed = report(engine);
    engine.look(three, succeeded);
    engine.settings = {};
    const next = engine.look(three, succeeded);

    expect(passed).toMatchObject({ hooks: [], summary: { message: 'Release 2 serves all traffic.' } });
    expect(next.hooks).toEqual([]);
  });
});

function context({ nowMs }: EngineDriver) {
  return { now: new Date(nowMs), strategy: { type: 'Rolling' } as const };
}
