import { beforeEach, describe, expect, it } from 'vitest';
import { aCheck, aMeasurement } from '../../../test/support/checks.ts';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import type { Check } from '../../crds/check/check.ts';
import { type Strategy, strategy } from '../../crds/strategy/strategy.ts';
import type { Verdict } from '../checks/judge.ts';
import { abort, askOf, promote, skip } from './ask.ts';
import type { Decision } from './decide.ts';
import type { Input } from './state.ts';

const [one, two, three] = [aRelease(1), aRelease(2), aRelease(3)];
const running = anObservation();
const asks = { promote, abort, skip } as const;

const planOf = (fields: object) => strategy.parse({ progressDeadlineSeconds: 60, ...fields });
const rolling = planOf({ rolling: { checks: ['errors'] } });
const green = (fields: object) => planOf({ type: 'BlueGreen', blueGreen: fields });
const canary = (fields: object) => planOf({ type: 'Canary', canary: fields });

let engine: EngineDriver;
let last: Decision;

beforeEach(() => {
  engine = new EngineDriver();
});

/** Release 1 serves; release 2 has come as far as it can without measurements. */
function start(plan: Strategy, checks: readonly Check[] = [aCheck('errors')]): void {
  engine.settings = { strategy: plan, checks, replicas: 4 };
  engine.look(one, succeeded);
  look();
}

function look(more: Partial<Input> = {}, observation = succeeded): Decision {
  for (let count = 0; count < 4; count++) last = engine.look(two, observation, more);
  return last;
}

/** All that is due is measured, then time goes on until the next ones are. */
function measure(verdict: Verdict, more: Partial<Input> = {}): Decision {
  const now = new Date(engine.nowMs);
  const due = last.runs.filter((run) => Date.parse(run.due) <= engine.nowMs);
  look({ ...more, measurements: due.map((run) => aMeasurement(run, verdict, now)) });
  engine.advance(10);
  return look(more);
}

function say(what: keyof typeof asks, value: string): string | undefined {
  const { strategy: plan = rolling } = engine.settings;
  const context = { strategy: plan, releases: engine.releases, now: new Date(engine.nowMs) };
  const answer = asks[what](engine.state, askOf(value) ?? { release: 0 }, context);
  if ('refused' in answer) return answer.refused;
  engine.state = answer.state;
  look();
  return undefined;
}

const resultOf = (name: string) => engine.state.checks?.find((run) => run.name === name);
const deadlineOf = (name: string) => new Date(resultOf(name)?.deadline ?? '');
const axis = (type: string) => last.axes.find((each) => each.type === type);

describe('Rolling', () => {
  it('asks nothing of a first release: there is nothing to go back to', () => {
    engine.settings = { strategy: rolling, checks: [aCheck('errors')] };

    const { state, runs } = engine.look(one, succeeded);

    expect(runs).toEqual([]);
    expect(state).toMatchObject({ live: 1, rollout: undefined });
  });

  it('is live when its checks have passed, and says so', () => {
    start(rolling);
    const measuring = last;
    measure('Passed');
    measure('Failed');
    measure('Passed');

    expect(measuring).toMatchObject({ summary: { reason: 'RunningChecks' }, state: { live: 1 } });
    expect(measuring.state.rollout?.deadline).toBeUndefined();
    expect(last).toMatchObject({ state: { live: 2, rollout: undefined }, summary: { reason: 'ReleaseLive' } });
    expect(resultOf('errors')).toMatchObject({ result: 'Passed', measurements: 3, failures: 1, value: '1' });
    expect(resultOf('errors')).not.toHaveProperty('nextAt');
    expect(axis('Verified')).toMatchObject({ status: 'True', reason: 'CheckPassed' });
  });

  it('goes back when a check fails, which names itself', () => {
    start(rolling);
    measure('Failed');
    const borne = last.state.rollout?.aborting;
    measure('Failed');

    expect(borne).toBeUndefined();
    expect(last.summary).toMatchObject({
      reason: 'RolledBack',
      message: expect.stringContaining('Check "errors" failed (2 of 2 measurements failed): it is Failed.'),
    });
    expect(engine.outcomes()).toEqual(['2 RolledBack', '1 Live']);
    expect(engine.state.history[0]).toMatchObject({ reason: 'CheckFailed' });
    expect(axis('Verified')).toMatchObject({ status: 'False', reason: 'CheckFailed' });
    expect(last.runs).toEqual([]);
  });

  it('measures on in its usual time when the clock was set back', () => {
    start(rolling);
    measure('Passed');
    engine.advance(-3600);
    look();
    const [due] = last.runs.map((run) => Date.parse(run.due));

    expect(due).toBeLessThanOrEqual(engine.nowMs + 10_000);
    engine.advance(10);
    measure('Passed');
    measure('Passed');
    expect(last.state).toMatchObject({ live: 2, rollout: undefined });
  });

  it('counts a measurement once, and none that comes late', () => {
    start(rolling);
    const [run] = last.runs;
    if (run === undefined) throw new Error('nothing is to be measured');
    const measurements = [aMeasurement(run, 'Failed', new Date(engine.nowMs))];
    look({ measurements });
    look({ measurements });

    expect(resultOf('errors')).toMatchObject({ measurements: 1, failures: 1 });
  });

  it('begins after the delay and looks again when the next one is due', () => {
    start(rolling, [aCheck('errors', { initialDelaySeconds: 30, intervalSeconds: 5 })]);
    const delayed = last.lookAgainAt?.getTime();
    engine.advance(30);
    measure('Passed');

    expect(delayed).toBe(engine.nowMs - 10_000);
    expect(resultOf('errors')?.nextAt).toBe(new Date(engine.nowMs - 5000).toISOString().replace('.000', ''));
  });

  it('still goes back when the place gives the release up', () => {
    start(rolling);
    look({}, anObservation({ outcome: 'Failed', reason: 'CrashLoop' }));

    expect(engine.state.history[0]).toMatchObject({ outcome: 'RolledBack', reason: 'CrashLoop' });
    expect(resultOf('errors')).toMatchObject({ result: 'Inconclusive' });
  });

  it('measures anew when the release is tried again', () => {
    start(rolling);
    measure('Failed');
    measure('Failed');
    engine.state = { ...engine.state, refused: undefined };
    look({ cause: 'Retry' });

    expect(resultOf('errors')).toEqual(expect.objectContaining({ result: 'Running' }));
    expect(resultOf('errors')).not.toHaveProperty('failures');
  });

  it('gives way to a newer release in the middle', () => {
    start(rolling);
    measure('Failed');
    engine.look(three, running);

    expect(engine.state.checks).toBeUndefined();
    expect(engine.outcomes()[1]).toBe('2 Superseded');
  });

  it('measures nothing while it is paused', () => {
    start(rolling);
    const [run] = last.runs;
    const paused = measure('Failed', { paused: true });

    expect(paused.runs).toEqual([]);
    expect(resultOf('errors')).toMatchObject({ result: 'Running', nextAt: run?.due });
  });

  it('shows a dry run to its end and goes on whatever it says', () => {
    start(rolling, [aCheck('errors', { dryRun: true })]);
    measure('Failed');
    const middle = last.state.live;
    measure('Failed');

    expect(middle).toBe(1);
    expect(engine.state.live).toBe(2);
    expect(resultOf('errors')).toMatchObject({ result: 'Failed', failures: 2 });
  });
});

describe('without data', () => {
  const silence = () => {
    for (let count = 0; count < 4; count++) measure('NoData');
  };

  it('waits for a person, without a deadline, and goes on when data come', () => {
    start(rolling);
    silence();
    const seldom = last.lookAgainAt?.getTime();
    const lastAt = engine.nowMs - 10_000;
    engine.advance(100_000);
    const waits = look();
    measure('Passed');

    expect(seldom).toBe(lastAt + 60_000);
    expect(waits.summary).toMatchObject({ reason: 'AwaitingData', message: expect.stringContaining('"errors"') });
    expect(waits.summary.message).toContain('vish.dev/promote: "2/1"');
    expect(axis('Verified')).toMatchObject({ status: 'Unknown', reason: 'RunningChecks' });
    expect(last.summary.reason).toBe('RunningChecks');
  });

  it('is let through by a person', () => {
    start(rolling);
    silence();

    expect(say('promote', '2/1')).toBeUndefined();
    expect(engine.state.live).toBe(2);
  });

  it('is taken back by a person', () => {
    start(rolling);
    silence();
    say('abort', '2');

    expect(engine.outcomes()).toEqual(['2 Aborted', '1 Live']);
    expect(axis('Verified')).toMatchObject({ gone: true });
  });

  it('fails where the check says so', () => {
    start(rolling, [aCheck('errors', { onNoData: 'Fail' })]);
    silence();

    expect(last.summary.message).toContain('Check "errors" failed: it is NoData.');
  });
});

describe('a check without definition', () => {
  it('holds the rollout up and is named, until it is there', () => {
    start(rolling, []);
    engine.advance(100_000);
    const held = look();
    engine.settings = { ...engine.settings, checks: [aCheck('errors')] };
    look();

    expect(held).toMatchObject({ summary: { reason: 'CheckNotFound' }, state: { live: 1 }, lookAgainAt: undefined });
    expect(held.summary.message).toContain('"errors"');
    expect(last.summary.reason).toBe('RunningChecks');
  });
});

describe('BlueGreen', () => {
  it('measures before the switch, then after it', () => {
    const checks = [aCheck('smoke', { count: 1, failureLimit: 0 }), aCheck('errors', { count: 1, failureLimit: 0 })];
    start(green({ before: ['smoke'], after: ['errors'] }), checks);
    const before = last;
    measure('Passed');
    const after = last;
    measure('Passed');

    expect(before).toMatchObject({ aim: { stage: { weight: 0 } }, runs: [{ name: 'smoke' }] });
    expect(after).toMatchObject({ aim: { stage: { weight: 100 } }, runs: [{ name: 'errors' }], state: { live: 1 } });
    expect(engine.state.live).toBe(2);
  });

  it('switches back when a check after the switch fails', () => {
    start(green({ after: ['errors'] }));
    measure('Failed');
    const now = new Date(engine.nowMs);
    const measurements = last.runs.map((run) => aMeasurement(run, 'Failed', now));
    const first = engine.ask(two, { measurements });

    expect(first.aim).toMatchObject({ release: 1, from: 2, goingBack: true, stage: { weight: 100 } });
    expect(look().summary).toMatchObject({ reason: 'RolledBack' });
  });

  it('asks the person after the checks have passed', () => {
    start(green({ promotion: 'Manual', before: ['errors'] }), [aCheck('errors', { count: 1, failureLimit: 0 })]);
    measure('Passed');

    expect(last.summary).toMatchObject({ reason: 'AwaitingApproval', message: expect.stringContaining('"2/2"') });
  });

  it('takes a promotion for missing data as that alone', () => {
    start(green({ promotion: 'Manual', before: ['errors'] }), [aCheck('errors', { inconclusiveLimit: 0 })]);
    measure('NoData');
    say('promote', '2/1');

    expect(last.summary.reason).toBe('AwaitingApproval');
    expect(resultOf('errors')).toMatchObject({ result: 'Passed' });
  });
});

describe('Canary', () => {
  const steps = [{ weight: 25 }, { pauseSeconds: 100 }, { weight: 50 }];

  it('runs a step of checks to its end with the share that it has', () => {
    start(canary({ steps: [{ weight: 25 }, { checks: ['errors'] }, { weight: 50 }] }));
    const measuring = last;
    measure('Passed');
    measure('Passed');
    measure('Passed');

    expect(measuring.aim.stage).toEqual({ weight: 25, replicas: 1 });
    expect(measuring.summary.message).toContain('25 %');
    expect(engine.state.live).toBe(2);
  });

  it('may leave a step of checks out', () => {
    start(canary({ steps: [{ weight: 25 }, { checks: ['errors'] }, { approval: {} }] }));
    say('skip', '2/1');

    expect(last.summary.reason).toBe('AwaitingApproval');
    expect(resultOf('errors')).toMatchObject({ result: 'Inconclusive' });
  });

  it('measures in the background as soon as it has traffic, and goes back from a pause', () => {
    engine.settings = { strategy: canary({ steps, background: ['errors'] }), checks: [aCheck('errors')], replicas: 4 };
    engine.look(one, succeeded);
    const early = engine.look(two, running);
    look();
    measure('Failed');
    const paused = last;
    measure('Failed');

    expect(early.runs).toEqual([]);
    expect(paused).toMatchObject({ summary: { reason: 'RollingOut' }, runs: [{ name: 'errors', step: undefined }] });
    expect(last.summary.reason).toBe('RolledBack');
  });

  it('asks what ran in the background once more with all traffic', () => {
    start(canary({ steps, background: ['errors'] }));
    measure('Passed');
    engine.advance(100);
    look();
    const full = last;
    measure('Passed');
    measure('Passed');
    measure('Passed');

    expect(full).toMatchObject({ aim: { stage: { weight: 100 } }, runs: [{ step: 4 }], state: { live: 1 } });
    expect(engine.state.live).toBe(2);
  });

  it('holds a pause beyond its end while a check in the background has no data', () => {
    start(canary({ steps, background: ['errors'] }), [aCheck('errors', { inconclusiveLimit: 0 })]);
    measure('NoData');
    engine.advance(1000);
    const held = look();
    const missed = deadlineOf('errors');
    say('promote', '2/1');

    expect(held).toMatchObject({ summary: { reason: 'AwaitingData' }, lookAgainAt: missed });
    expect(last.aim.stage).toMatchObject({ weight: 100 });
  });

  it('holds a reached step while there are no data, and lets its time run when replicas are lost', () => {
    const plan = canary({ steps: [{ weight: 25 }, { weight: 50 }], background: ['errors'] });
    engine.settings = { strategy: plan, checks: [aCheck('errors', { inconclusiveLimit: 0 })], replicas: 4 };
    engine.look(one, succeeded);
    engine.look(two, succeeded);
    last = engine.look(two, running);
    measureOnce('NoData');
    const held = last;
    engine.advance(1000);
    const still = engine.look(two, succeeded);
    const missed = deadlineOf('errors');
    const lost = engine.look(two, running);
    engine.look(two, running);
    engine.advance(61);
    const late = engine.look(two, running);

    expect(held.state.rollout).toMatchObject({ phase: 'AwaitingData', step: 1 });
    expect(held.summary.reason).toBe('AwaitingData');
    expect(still.lookAgainAt).toEqual(missed);
    expect(lost.summary.reason).toBe('RollingOut');
    expect(late.state.rollout?.aborting).toBe(true);
  });
});

function measureOnce(verdict: Verdict): void {
  const measurements = last.runs.map((run) => aMeasurement(run, verdict, new Date(engine.nowMs)));
  engine.look(two, running, { measurements });
  last = engine.look(two, succeeded);
}
