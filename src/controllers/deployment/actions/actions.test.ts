import { describe, expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Plan } from '../../../rollout/engine/legs.ts';
import { takeActions } from './actions.ts';

const now = new Date('2026-01-01T12:00:00Z');
const at = '2026-01-01T12:00:00Z';
const hashes = new Map([
  [1, 'one'],
  [2, 'two'],
]);

function take(
  annotations: Record<string, string>,
  status: DeploymentStatus = {},
  spec: { pin?: number; suspend?: boolean; strategy?: Plan; target?: DeploymentSpec['target'] } = {},
) {
  return takeActions({
    annotations,
    status,
    hashes,
    spec: {
      suspend: false,
      strategy: { type: 'Rolling' },
      target: aDeployment().spec.target,
      ...spec,
    },
    now,
  });
}

const kept = { warm: 'Full' as const, warmSeconds: 300 };
const record = (action: 'Rollback' | 'Retry' | 'Restart', value: string) => ({ action, value, recordedAt: at });

it('has nothing to say without annotations, and nothing twice', () => {
  const once = take({ 'vish.dev/rollback': '1' });

  expect(take({})).toBeUndefined();
  expect(once?.actions).toEqual([record('Rollback', '1')]);
  expect(take({ 'vish.dev/rollback': '1' }, once)).toBeUndefined();
});

it('takes the same value as a new wish once the annotation was gone', () => {
  const once = take({ 'vish.dev/restart': 'now' });
  const gone = take({}, once);
  const again = take({ 'vish.dev/restart': 'now' }, gone);

  expect(gone?.actions).toEqual([{ ...record('Restart', 'now'), clearedAt: at }]);
  expect(gone?.restartedAt).toBe(at);
  expect(take({}, gone)).toBeUndefined();
  expect(again?.actions).toEqual([record('Restart', 'now')]);
});

it('takes a long value once, also when it is cut in the middle of a letter', () => {
  const asked = { 'vish.dev/restart': `${'x'.repeat(252)}\u{1f4a5}` };
  const once = take(asked);
  // The API server stores no half letters.
  const stored = JSON.parse(
    Buffer.from(JSON.stringify(once))
      .toString()
      .replaceAll(/\\ud[89a-f]../g, '\ufffd'),
  );

  expect(once?.actions).toHaveLength(1);
  expect(take(asked, stored)).toBeUndefined();
});

describe('rollback', () => {
  it('pins the release and lifts its own refusal', () => {
    expect(take({ 'vish.dev/rollback': '2' }, { refusedRelease: 'two' })).toMatchObject({
      pinned: { release: 2, since: at },
      refusedRelease: undefined,
    });
    expect(take({ 'vish.dev/rollback': '1' }, { refusedRelease: 'two' })).toMatchObject({ refusedRelease: 'two' });
  });

  it.each(['3', '0', '-1', '1.0', 'one', '1'.repeat(300)])(
    'to "%s", which is no release, is refused with those that are',
    (value) => {
      const taken = take({ 'vish.dev/rollback': value });

      expect(taken?.pinned).toBeUndefined();
      expect(taken?.actions?.[0]?.refused).toContain('Use one of 2, 1');
      expect(take({ 'vish.dev/rollback': value }, taken)).toBeUndefined();
    },
  );

  it('is refused while spec.pin says something else', () => {
    expect(take({ 'vish.dev/rollback': '1' }, {}, { pin: 2 })?.actions?.[0]?.refused).toContain('spec.pin is 2');
  });
});

describe('retry', () => {
  const pinned = { release: 1, since: at, message: 'back' };

  it('lifts the refusal of the release that it names', () => {
    expect(take({ 'vish.dev/retry': '2' }, { refusedRelease: 'two' })?.refusedRelease).toBeUndefined();
    expect(take({ 'vish.dev/retry': '1' }, { refusedRelease: 'two' })).toMatchObject({
      refusedRelease: 'two',
      actions: [{ refused: expect.stringContaining('did not fail') }],
    });
  });

  it('ends a rollback by hand', () => {
    expect(take({ 'vish.dev/retry': '2' }, { pinned, refusedRelease: 'two' })).toMatchObject({
      pinned: undefined,
      refusedRelease: undefined,
    });
  });

  it('may name the Build that is waited for', () => {
    expect(take({ 'vish.dev/retry': 'shop-1' }, { build: 'shop-1' })?.actions).toEqual([record('Retry', 'shop-1')]);
  });
});

it.each([
  ['suspended', {}, { suspend: true }],
  ['pinned', {}, { pin: 1 }],
  ['rolled back', { pinned: { release: 1, since: at, message: '' } }, {}],
])('refuses a restart while it is %s', (_, status, spec) => {
  const taken = take({ 'vish.dev/restart': 'now' }, status, spec);

  expect(taken?.restartedAt).toBeUndefined();
  expect(taken?.actions?.[0]?.refused).toContain('held');
});

describe('what a person decides about a release that comes', () => {
  const strategy = { type: 'BlueGreen' as const, blueGreen: { promotion: 'Manual' as const, previous: kept } };
  const rollout = {
    release: 2,
    strategy: 'BlueGreen' as const,
    phase: 'AwaitingApproval',
    step: 1,
    steps: 3,
    progress: '1/3',
    startedAt: at,
    phaseStartedAt: at,
  };
  const live = { release: 1, weight: 100, replicas: 1, ready: 1 };

  it.each(['promote', 'abort', 'skip'])('is refused while none comes: %s', (action) => {
    expect(take({ [`vish.dev/${action}`]: '1' })?.actions?.[0]?.refused).toContain('not on its way');
    expect(take({ [`vish.dev/${action}`]: '7' })?.actions?.[0]?.refused).toContain('Use one of 2, 1');
  });

  it('is noted in the rollout, in the same write as the action', () => {
    expect(take({ 'vish.dev/promote': '2/1' }, { rollout, live }, { strategy })).toMatchObject({
      rollout: { approved: true },
      actions: [{ action: 'Promote', value: '2/1' }],
    });
    expect(take({ 'vish.dev/abort': '2' }, { rollout, live }, { strategy })).toMatchObject({
      rollout: { aborting: true, phase: 'RollingBack' },
      refusedRelease: 'two',
    });
  });
});

describe('a hand-over', () => {
  const live = { release: 1, weight: 100, replicas: 1, ready: 1 };
  const asked = { 'vish.dev/hand-over': 'deployment/web' };

  it('is recorded as a wish, and is one no more when the annotation goes', () => {
    const once = take(asked, { live });

    expect(once?.actions).toEqual([{ action: 'HandOver', value: 'deployment/web', recordedAt: at }]);
    expect(take({}, { ...once, live })?.actions).toMatchObject([{ action: 'HandOver', clearedAt: at }]);
  });

  it.each(['web', 'deployment/', 'deployment/Web', 'statefulset/web', 'deployment/a/b'])(
    'to "%s", which is no name of one, is refused',
    (value) => {
      const taken = take({ 'vish.dev/hand-over': value }, { live });

      expect(taken?.actions?.[0]?.refused).toContain('Write deployment/');
    },
  );

  it('of nothing is refused, and so is one from outside of the cluster', () => {
    const outside = take(asked, { live }, { target: { ref: { name: 'ecs' } } });

    expect(take(asked)?.actions?.[0]?.refused).toContain('No release serves yet');
    expect(outside?.actions?.[0]?.refused).toContain('Only what runs in this cluster');
  });

  it.each(['rollback', 'restart', 'promote', 'hand-over'])('has the last word: afterwards %s is refused', (action) => {
    const handOver = { deployment: 'old', replicaSet: 'web-1', startedAt: at };
    const taken = take({ [`vish.dev/${action}`]: '1' }, { live, handOver });

    expect(taken?.actions?.[0]?.refused).toContain('Deployment.apps old runs the app');
  });
});
