import { expect, it } from 'vitest';
import type { Build } from '../../crds/build/build.ts';
import { summarise } from '../../crds/conditions/conditions.ts';
import type { SummaryReason } from '../../crds/reasons/reasons.ts';
import type { BuildProgress, Failed } from '../../images/driver/driver.ts';
import type { Stored } from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import { decide, type View } from './decide.ts';

const now = Date.UTC(2026, 0, 1);
const stamp = (ms: number) => new Date(ms).toISOString();
const absent: BuildProgress = { state: 'Absent' };
const running: BuildProgress = {
  state: 'Running',
  stage: 'Build',
  stages: [],
  message: 'No node takes the build pod yet.',
};
const failedBy = (reason: SummaryReason): Failed => ({
  state: 'Failed',
  stages: [],
  reason,
  message: 'why',
  failure: { stage: 'Build' },
});

function aBuild(status: Build['status'] = {}, notes: Record<string, string> = {}): Stored<Build> {
  const identity = { namespace: 'shop', name: 'web-1', uid: 'u', resourceVersion: '1' };
  const metadata = { ...identity, annotations: notes, creationTimestamp: stamp(now) };
  const spec = { projectRef: { name: 'shop' }, commit: 'c'.repeat(40) };
  return { apiVersion: 'vish.dev/v1alpha1', kind: 'Build', metadata, spec, status: { trust: 'Trusted', ...status } };
}

const decided = (change: Partial<View>) =>
  decide({ build: aBuild(), hasProject: true, awaitsVoucher: false, progress: absent, now, ...change });
const replaced = { [annotations.supersededBy]: 'web-2' };

it('starts what nothing is known of', () => {
  expect(decided({})).toEqual({ do: 'start' });
});

it('only tidies up after the end, whatever is seen', () => {
  const build = aBuild({ finishedAt: stamp(now) }, replaced);

  expect(decided({ build, progress: running })).toEqual({ do: 'tidy' });
});

it('keeps an image that is there, although a newer commit came', () => {
  const progress: BuildProgress = {
    state: 'Succeeded',
    stages: [],
    digest: 'd',
    sizeBytes: 1,
    platforms: [],
    dockerfile: undefined,
    cachedSteps: undefined,
    totalSteps: undefined,
  };

  expect(decided({ build: aBuild({}, replaced), progress }).do).toBe('succeed');
});

it('ends what is superseded, whether it runs or waits', () => {
  for (const progress of [running, absent, failedBy('BuildEvicted')]) {
    expect(decided({ build: aBuild({}, replaced), progress })).toMatchObject({
      do: 'end',
      cancel: true,
      supersededBy: 'web-2',
      failed: { reason: 'BuildCancelled' },
    });
  }
});

it.each(['BuildCommandFailed', 'DockerfileInvalid', 'PushDenied', 'BuildOutOfMemory', 'BuildTimedOut'] as const)(
  'never repeats %s',
  (reason) => {
    expect(decided({ progress: failedBy(reason) })).toMatchObject({ do: 'end', failed: { reason } });
  },
);

it.each(['BuildEvicted', 'RegistryUnreachable', 'SourceUnreachable', 'BuilderUnavailable'] as const)(
  'repeats %s twice and then gives up',
  (reason) => {
    const after = (attempt: number) => decided({ build: aBuild({ attempt }), progress: failedBy(reason) });

    expect([after(1), after(2)]).toMatchObject([
      { do: 'retry', attempt: 2 },
      { do: 'retry', attempt: 3 },
    ]);
    expect(after(3)).toMatchObject({ do: 'end', cancel: true, failed: { reason: 'BuildGaveUp' } });
  },
);

it('waits longer before each attempt', () => {
  const waiting = (attempt: number, passedMs: number) => {
    const conditions = summarise(
      [],
      { reason: 'BuildEvicted', message: '' },
      { now: new Date(now - passedMs), generation: 1 },
    );
    return decided({ build: aBuild({ attempt, conditions: [...conditions] }) });
  };

  expect(waiting(2, 4_000)).toEqual({ do: 'pause', ms: 6_000 });
  expect(waiting(2, 10_000)).toEqual({ do: 'start' });
  expect(waiting(3, 10_000)).toEqual({ do: 'pause', ms: 10_000 });
});

it('gives up at the deadline, and tells what it waited for', () => {
  const build = aBuild({ deadline: stamp(now) });

  expect(decided({ build, progress: running })).toMatchObject({
    do: 'end',
    cancel: true,
    failed: { reason: 'BuildTimedOut', message: expect.stringContaining('No node takes') },
  });
  expect(decided({ build, progress: running, now: now - 1 }).do).toBe('watch');
});

it('goes on with what runs when its Project is gone, and starts nothing', () => {
  expect(decided({ hasProject: false, progress: running }).do).toBe('watch');
  expect(decided({ hasProject: false })).toMatchObject({ do: 'refuse', reason: 'ProjectNotFound' });
});

const { status: _, ...unknown } = aBuild();

it('notes that nobody vouches for a Build before it makes anything of it', () => {
  expect(decided({ build: unknown })).toEqual({ do: 'distrust' });
  expect(decided({ build: aBuild({ trust: 'Untrusted' }) })).toEqual({ do: 'start' });
});

it('waits for the Deployment that vouches for its Build, and gives up when there is none', () => {
  expect(decided({ build: unknown, awaitsVoucher: true, now: now + 60_000 })).toEqual({ do: 'pause', ms: 540_000 });
  expect(decided({ build: unknown, awaitsVoucher: true, now: now + 600_000 })).toMatchObject({
    do: 'end',
    failed: { reason: 'BuildCancelled' },
  });
});

it('ends one whose Project goes between two tries: it would hold a place in the queue for ever', () => {
  const build = aBuild({ startedAt: stamp(now), deadline: stamp(now + 60_000), attempt: 2 });

  expect(decided({ build, hasProject: false })).toMatchObject({ do: 'end', failed: { reason: 'ProjectNotFound' } });
});
