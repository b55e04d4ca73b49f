import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { aMove, RolloutWorld } from '../../../test/support/rollout-world.ts';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../test/support/rollouts.ts';
import type { Condition } from '../../crds/conditions/condition.ts';
import type { DeploymentStatus } from '../../crds/deployment/status.ts';
import type { State } from '../../rollout/engine/state.ts';
import { aDeployment } from '../project/test-builders.ts';
import type { Observation } from './observation.ts';
import { rolloutObservations } from './rollouts.ts';

const commit = 'a'.repeat(40);
const [one, two, three] = [1, 2, 3].map((number) => aRelease(number, { commit }));
const failed = anObservation({ outcome: 'Failed', message: 'app exits with 1', progress: 'x' });
const facts = { commitSeenAt: () => '2025-12-31T23:59:00Z' };

function aSight(status: DeploymentStatus) {
  return aDeployment('shop-production', 'production', { status });
}

function sightOf({ history, rollout, live }: State) {
  const side = live === undefined ? {} : { live: { release: live, weight: 100, replicas: 1, ready: 1 } };
  return aSight({ history: [...history], ...(rollout && { rollout }), ...side });
}

/** Keeps what every step of a story adds, as `name{labels} value`. */
class Story {
  readonly engine = new EngineDriver();
  readonly told: string[] = [];
  private last = sightOf(this.engine.state);

  look(...[wanted, observation, more]: Parameters<EngineDriver['look']>): string[] {
    this.engine.look(wanted, observation, more);
    return this.tell();
  }

  tell(): string[] {
    const now = sightOf(this.engine.state);
    const lines = rolloutObservations(this.last, now, facts).map(lineOf);
    this.last = now;
    this.told.push(...lines);
    return lines;
  }
}

function lineOf({ name, labels, value }: Observation): string {
  return `${name}{${Object.values(labels).join(',')}} ${value}`;
}

it('tells how long a rollout waited for its turn', () => {
  const since = '2026-01-01T00:00:00Z';
  const waits = aSight({ queued: { release: 2, since, position: 1 } });
  const times = { startedAt: '2026-01-01T00:01:30Z', phaseStartedAt: since };
  const rollout = { release: 2, strategy: 'Rolling', phase: 'Preparing', step: 0, steps: 1, progress: '0/1' } as const;

  expect(rolloutObservations(waits, waits, facts)).toEqual([]);
  expect(rolloutObservations(waits, aSight({}), facts)).toEqual([]);
  expect(rolloutObservations(waits, aSight({ rollout: { ...rollout, ...times } }), facts).map(lineOf)).toEqual([
    'vish_rollout_queue_duration_seconds{} 90',
  ]);
});

it('counts a release when it serves, with its duration and the time since its commit was seen', () => {
  const story = new Story();

  const started = story.look(one, anObservation());
  story.engine.advance(30);
  const live = story.look(one, succeeded);

  expect(started).toEqual([]);
  expect(live).toEqual([
    'vish_releases_total{production,Live} 1',
    'vish_rollout_duration_seconds{Rolling,Live} 30',
    'vish_lead_time_seconds{production} 90',
  ]);
});

it('counts nothing when a release is only replaced, or when the same is told again', () => {
  const story = new Story();
  story.look(one, succeeded);
  story.engine.advance(10);

  const replaced = story.look(two, succeeded);

  expect(replaced.filter((line) => line.startsWith('vish_releases_total'))).toEqual([
    'vish_releases_total{production,Live} 1',
  ]);
  expect(story.look(two, succeeded)).toEqual([]);
});

it('counts a rollback once it has come to its end, from the failure on', () => {
  const story = new Story();
  story.look(one, succeeded);
  story.look(two, anObservation());
  story.engine.advance(20);
  const back = story.look(two, failed);
  story.engine.advance(5);

  expect(back).toEqual([]);
  expect(story.look(two, succeeded)).toEqual([
    'vish_releases_total{production,RolledBack} 1',
    'vish_rollout_duration_seconds{Rolling,RolledBack} 25',
    'vish_rollbacks_total{production,automatic} 1',
    'vish_rollback_duration_seconds{automatic} 5',
  ]);
});

it('counts a rollback by hand as one, and its commit as no new one', () => {
  const story = new Story();
  story.look(one, succeeded);
  story.look(two, succeeded);
  story.engine.advance(60);
  story.look(one, anObservation(), { cause: 'Rollback' });
  story.engine.advance(3);

  expect(story.look(one, succeeded, { cause: 'Rollback' })).toEqual([
    'vish_releases_total{production,Live} 1',
    'vish_rollout_duration_seconds{Rolling,Live} 3',
    'vish_rollbacks_total{production,manual} 1',
    'vish_rollback_duration_seconds{manual} 3',
  ]);
});

it('counts a rollback of which only the end was seen, without a duration', () => {
  const story = new Story();
  story.look(one, succeeded);
  story.engine.look(two, failed);
  story.engine.look(two, succeeded);

  expect(story.tell().filter((line) => line.includes('automatic'))).toEqual([
    'vish_rollbacks_total{production,automatic} 1',
  ]);
});

it('counts a first release that fails and heals as both', () => {
  const story = new Story();
  story.look(one, failed);
  story.look(one, succeeded);

  expect(story.told.filter((line) => line.startsWith('vish_releases_total'))).toEqual([
    'vish_releases_total{production,Failed} 1',
    'vish_releases_total{production,Live} 1',
  ]);
});

it('counts a release that gave way to a newer one, and both when they were not seen apart', () => {
  const story = new Story();
  story.look(one, succeeded);
  story.engine.look(two, anObservation());
  story.engine.look(three, succeeded);

  expect(story.tell().filter((line) => line.startsWith('vish_releases_total'))).toEqual([
    'vish_releases_total{production,Live} 1',
    'vish_releases_total{production,Superseded} 1',
  ]);
});

it('measures an outage from the loss of service to its return, but not the wait for the first release', () => {
  const available = (status: Condition['status'], time: string): Condition => {
    return { type: 'Available', status, reason: 'Degraded', message: '', lastTransitionTime: time };
  };
  const live = { release: 1, weight: 100, replicas: 1, ready: 0 };
  const lost = { conditions: [available('False', '2026-01-01T00:00:00Z')] };
  const back = aSight({ live, conditions: [available('True', '2026-01-01T00:00:42Z')] });

  const outage = rolloutObservations(aSight({ live, ...lost }), back, facts);

  expect(outage.map(lineOf)).toEqual(['vish_restore_duration_seconds{production} 42']);
  expect(rolloutObservations(aSight(lost), back, facts)).toEqual([]);
  expect(rolloutObservations(back, back, facts)).toEqual([]);
});

it('never counts a rollout twice, whatever people, places, deadlines and crashes do', () => {
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 40 }), (moves) => {
      const world = new RolloutWorld();
      // Times in a status are whole seconds: only so is every start another one.
      for (const move of moves) for (const each of [move, { does: 'wait' as const, seconds: 1 }]) world.play(each);
      world.calm();
      const sights = world.views.map(({ decision }) => sightOf(decision.state));
      const told = sights.flatMap((now, at) => rolloutObservations(sights[at - 1] ?? aSight({}), now, facts));
      const ends = sights.flatMap(({ status }) =>
        (status?.history ?? [])
          .filter(({ finishedAt }) => finishedAt !== undefined)
          .map(({ number, startedAt, outcome }) => `${number} ${startedAt} ${outcome}`),
      );
      const counted = told.filter(({ name }) => name === 'vish_releases_total');
      const measured = told.filter(({ name }) => name === 'vish_rollout_duration_seconds');

      expect(counted.length).toBeGreaterThan(0);
      expect(counted.length).toBeLessThanOrEqual(new Set(ends).size);
      expect(measured.every(({ value = -1 }) => value >= 0)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
