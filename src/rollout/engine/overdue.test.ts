import { beforeEach, expect, it } from 'vitest';
import { aCheck, aMeasurement } from '../../../test/support/checks.ts';
import { aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import type { CheckStatus } from '../../crds/deployment/status.ts';
import { type Strategy, strategy } from '../../crds/strategy/strategy.ts';
import { promote } from './ask.ts';
import type { Decision } from './decide.ts';
import type { Input } from './state.ts';

/* What becomes of a step when a measurement never comes, because who measures hangs. */

const [one, two] = [aRelease(1), aRelease(2)];
const planOf = (fields: object) => strategy.parse({ progressDeadlineSeconds: 60, ...fields });
const rolling = planOf({ rolling: { checks: ['errors'] } });

let engine: EngineDriver;
let last: Decision;
beforeEach(() => {
  engine = new EngineDriver();
});

/** Release 1 serves; release 2 waits for its first measurement. */
function start(plan: Strategy, fields: Record<string, unknown> = {}): void {
  engine.settings = { strategy: plan, checks: [aCheck('errors', fields)], replicas: 4 };
  engine.look(one, succeeded);
  look();
}

function look(more: Partial<Input> = {}): void {
  for (let count = 0; count < 4; count++) last = engine.look(two, succeeded, more);
}

/** It is looked at as often as the engine asks for. */
function waitInVain(looks: number): void {
  for (let count = 0; count < looks && last.lookAgainAt !== undefined; count++) {
    engine.nowMs = last.lookAgainAt.getTime();
    look();
  }
}

const errors = (): CheckStatus | undefined => engine.state.checks?.find(({ name }) => name === 'errors');
const strict = { inconclusiveLimit: 0, onNoData: 'Fail' };

const plans: [string, Strategy][] = [
  ['Rolling', rolling],
  ['BlueGreen before the switch', planOf({ type: 'BlueGreen', blueGreen: { before: ['errors'] } })],
  ['BlueGreen after the switch', planOf({ type: 'BlueGreen', blueGreen: { after: ['errors'] } })],
  ['a step of Canary', planOf({ type: 'Canary', canary: { steps: [{ weight: 50 }, { checks: ['errors'] }] } })],
];

it.each(plans)(
  'a measurement that never comes is one without data, so that a person is asked in the end: %s',
  (_, plan) => {
    start(plan);
    waitInVain(20);

    expect(last).toMatchObject({ summary: { reason: 'AwaitingData' }, state: { live: 1, rollout: { release: 2 } } });
    expect(last.summary.message).toContain('It did not end within 10 s');
    const context = { strategy: plan, releases: engine.releases, now: new Date(engine.nowMs) };
    expect(promote(engine.state, { release: 2 }, context)).toMatchObject({ state: { checks: [{ result: 'Passed' }] } });
  },
);

it.each([
  ['Fail', 1],
  ['Pass', 2],
] as const)('ends the rollout by itself where no data mean %s', (onNoData, live) => {
  start(rolling, { onNoData });
  waitInVain(20);

  expect(last.state).toMatchObject({ live, rollout: undefined });
});

it('has all of its time from the first look that misses it, as no operator may have run since', () => {
  start(rolling, strict);
  engine.advance(3600);
  look();
  const begun = last.runs;
  engine.advance(60);
  look();

  expect(errors()).toMatchObject({ result: 'Running' });
  expect(last.runs).toEqual(begun);
  look({ measurements: begun.map((run) => aMeasurement(run, 'Passed', new Date(engine.nowMs))) });
  expect(errors()).toMatchObject({ measurements: 1, failures: 0 });
  expect(errors()).not.toHaveProperty('deadline');
});

it('is begun anew when it was given up, so that what hangs is let go', () => {
  start(rolling);
  const [first] = last.runs;
  waitInVain(3);

  expect(errors()).toMatchObject({ noData: 1 });
  expect(last.runs).toHaveLength(1);
  expect(last.runs[0]?.due).not.toBe(first?.due);
});

it('loses no time while it is paused, and none when the clock goes back', () => {
  start(rolling, strict);
  engine.advance(100);
  look();
  engine.advance(-50);
  look();
  const before = errors()?.deadline;
  engine.advance(50);
  look();
  look({ paused: true });
  engine.advance(3600);
  look({ paused: true });
  look();

  expect(before).toBeUndefined();
  expect(last.summary.reason).toBe('RunningChecks');
});
