import { expect, it } from 'vitest';
import { type Build, build as buildKind } from '../../crds/build/build.ts';
import type { Failed, Succeeded } from '../../images/driver/driver.ts';
import { parseResult } from '../../images/steps/result/result.ts';
import type { Stored } from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import { decide } from './decide.ts';
import {
  conditionsOf,
  endedStatus,
  queuedStatus,
  runningStatus,
  type StatusChange,
  startedStatus,
  succeededStatus,
} from './status.ts';

const now = Date.UTC(2026, 0, 31);
const stamp = (ms: number) => new Date(ms).toISOString();
const day = 86_400_000;
const digest = `sha256:${'a'.repeat(64)}`;

function aBuild(status: Build['status'] = {}, notes: Record<string, string> = {}): Stored<Build> {
  const identity = { namespace: 'shop', name: 'web-1', uid: 'u', resourceVersion: '1', annotations: notes };
  const spec = { projectRef: { name: 'shop' }, commit: 'c'.repeat(40) };
  const metadata = { ...identity, creationTimestamp: stamp(now - 9 * day) };
  return { apiVersion: 'vish.dev/v1alpha1', kind: 'Build', metadata, spec, status: { trust: 'Trusted', ...status } };
}

/** What the API server would say: a status that it refuses is tried again for ever, and its Build keeps its place. */
function refusals(build: Stored<Build>, change: StatusChange): string[] {
  const conditions = [...conditionsOf({ build, now }, change)];
  const status = JSON.parse(JSON.stringify({ ...build.status, ...change.fields, conditions }));
  const read = buildKind.schema.safeParse({ ...build, status });
  return read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

const succeeded: Succeeded = {
  state: 'Succeeded',
  stages: [{ name: 'Clone', startedAt: stamp(now - 9 * day), seconds: 1 }],
  digest,
  sizeBytes: 1,
  platforms: ['linux/amd64'],
  dockerfile: 'Dockerfile',
  cachedSteps: 1,
  totalSteps: 2,
};

/** As it comes out of the pod. */
function told(failure: object): Failed {
  const told = { ok: false, stage: 'Build', seconds: 1, reason: 'BuildCommandFailed', message: 'why', ...failure };
  const result = parseResult(JSON.stringify(told));
  if (result?.ok !== false) throw new Error('the result was not understood');
  const { ok: _ok, seconds: _seconds, reason, message, ...details } = result;
  return { state: 'Failed', stages: [], reason, message, failure: details };
}

const pushedNowhere = { repository: undefined };

it('is one that the API server takes after a wait of weeks, and in a queue of millions', () => {
  const started = aBuild({ startedAt: stamp(now) });
  const running = { state: 'Running', stage: 'Clone', stages: [], message: 'It runs.' } as const;

  expect(refusals(aBuild(), startedStatus({ build: aBuild(), now }, { deadline: now, jobName: 'job' }))).toEqual([]);
  expect(refusals(started, runningStatus(started, running))).toEqual([]);
  expect(
    refusals(
      started,
      succeededStatus({ build: started, now }, succeeded, {
        repository: 'registry.test/shop',
        signedBy: 'f'.repeat(64),
      }),
    ),
  ).toEqual([]);
  expect(refusals(aBuild(), queuedStatus(3_000_000))).toEqual([]);
});

it('is one that the API server takes where the paths are as long as they may be', () => {
  const dockerfile = `${'p'.repeat(512)}/${'d'.repeat(512)}`;
  const result = { ok: true, stage: 'Build', seconds: 1, startSeconds: 1, dockerfile, cachedSteps: 1, totalSteps: 1 };
  const build = aBuild({ startedAt: stamp(now) });

  expect(parseResult(JSON.stringify(result))).toMatchObject({ dockerfile });
  expect(refusals(build, succeededStatus({ build, now }, { ...succeeded, dockerfile }, pushedNowhere))).toEqual([]);
  expect(refusals(build, endedStatus({ build, now }, ended(told({ file: dockerfile }))))).toEqual([]);
});

it.each([{ step: '' }, { step: '\u200b\u0007' }, { file: '' }, { step: '\u{1f4a5}'.repeat(500) }, { lines: [''] }])(
  'is one that the API server takes when a step tells %j',
  (failure) => {
    const build = aBuild({ startedAt: stamp(now) });

    expect(refusals(build, endedStatus({ build, now }, ended(told(failure))))).toEqual([]);
  },
);

it.each([
  ['web-2', 'web-2'],
  ['web.2', 'web.2'],
  ['a newer one', undefined],
  ['-', undefined],
  ['W'.repeat(300), undefined],
])('ends a Build that is superseded by %j, and names only what can be one', (by, supersededBy) => {
  const build = aBuild({ startedAt: stamp(now) }, { [annotations.supersededBy]: by });
  const view = { build, hasProject: true, awaitsVoucher: false, progress: { state: 'Absent' }, now } as const;
  const decision = decide(view);
  if (decision.do !== 'end') throw new Error(`it was to end, not to ${decision.do}`);
  const change = endedStatus({ build, now }, decision);

  expect(change.fields.supersededBy).toBe(supersededBy);
  expect(refusals(build, change)).toEqual([]);
});

it.each([
  [{ dockerfile: 'web/Dockerfile' }, 'web/Dockerfile of the repository'],
  [{ dockerfile: 'derived Dockerfile', plan: 'derived from go.mod: go 1.26' }, 'derived from go.mod: go 1.26'],
])('says of %j where the Dockerfile came from', (built, plan) => {
  const build = aBuild({ startedAt: stamp(now) });

  expect(succeededStatus({ build, now }, { ...succeeded, ...built }, pushedNowhere).fields).toMatchObject({ plan });
});

function ended(failed: Failed) {
  return { do: 'end', failed, cancel: false } as const;
}
