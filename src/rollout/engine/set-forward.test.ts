import { expect, it } from 'vitest';
import { anObservation, aRelease, EngineDriver, nothingYet, succeeded } from '../../../test/support/rollouts.ts';
import { strategy } from '../../crds/strategy/strategy.ts';
import { hooks } from '../../crds/workload/jobs.ts';
import { setForward } from './set-forward.ts';

const hour = 3600;
const [one, two] = [aRelease(1), aRelease(2)];

function serving(settings: EngineDriver['settings'] = {}): EngineDriver {
  const engine = new EngineDriver();
  engine.look(one, succeeded);
  engine.settings = settings;
  return engine;
}

it('leaves a release the time that it had', () => {
  const engine = serving();
  engine.look(two, anObservation());
  engine.advance(50);
  engine.setClock(hour);
  engine.advance(9);
  const inTime = engine.look(two, anObservation());
  engine.advance(1);
  const late = engine.look(two, anObservation());

  expect([inTime.summary.reason, late.summary.reason]).toEqual(['RollingOut', 'RollingBack']);
});

it('leaves a pause the time that it had', () => {
  const canary = strategy.parse({ type: 'Canary', canary: { steps: [{ weight: 50 }, { pauseSeconds: 60 }] } });
  const engine = serving({ strategy: canary });
  engine.look(two, succeeded);
  engine.advance(50);
  engine.setClock(hour);
  engine.advance(9);
  const within = engine.look(two, succeeded).state.rollout?.phase;
  engine.advance(1);

  expect([within, engine.look(two, succeeded).state.live]).toEqual(['Pausing', 2]);
});

it('leaves a command of a release the time that it had', () => {
  const command = { command: ['true'], deadlineSeconds: 60 };
  const engine = serving({ hooks: hooks.parse({ beforeRelease: command }) });
  engine.look(two, succeeded);
  engine.setClock(hour);

  expect(engine.look(two, succeeded).hooks).toMatchObject([{ release: 2, mayBegin: true }]);
});

it('leaves what is kept warm the time that it had', () => {
  const engine = serving({ strategy: strategy.parse({ type: 'BlueGreen', blueGreen: {} }) });
  engine.look(two, succeeded);
  engine.look(two, succeeded);
  engine.look(two, succeeded);
  engine.setClock(hour);

  expect(engine.look(two, succeeded).state.previous).toMatchObject({ release: 1 });
});

it('lets a check wait as long as it was to, and does not begin one anew that may be under way', () => {
  const waiting = { name: 'late', release: 2, result: 'Running', nextAt: '2026-01-01T00:00:30Z' } as const;
  const begun = { ...waiting, name: 'begun', nextAt: '2026-01-01T00:00:10Z' } as const;
  const state = { ...nothingYet, checks: [waiting, begun] };
  const now = new Date('2026-01-01T01:00:10Z');

  const { checks } = setForward(state, { ms: hour * 1000, now });

  expect(checks?.map(({ nextAt }) => nextAt)).toEqual(['2026-01-01T01:00:30Z', '2026-01-01T00:00:10Z']);
});

it('changes nothing when the clock goes as it should', () => {
  expect(setForward(nothingYet, { ms: 0, now: new Date(0) })).toBe(nothingYet);
});
