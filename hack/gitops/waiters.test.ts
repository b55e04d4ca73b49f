import { beforeAll, describe, expect, it } from 'vitest';
import { takeActions } from '../../src/controllers/deployment/actions/actions.ts';
import { summarise } from '../../src/crds/conditions/conditions.ts';
import { stateOf } from '../../src/crds/conditions/states.ts';
import type { DeploymentStatus, ReleaseRecord, RolloutStatus } from '../../src/crds/deployment/status.ts';
import { apiVersion } from '../../src/crds/kind/kind.ts';
import type { Course, ReasonEntry } from '../../src/crds/reasons/entry.ts';
import { isSummaryReason, type Reason, reasons, type SummaryReason } from '../../src/crds/reasons/reasons.ts';
import { kindsWithState } from '../../test/harness/kinds.ts';
import { compute } from '../../test/harness/kstatus/compute.ts';
import { type Answer, askWaiters, hasGo } from './waiters.ts';

const at = '2026-01-01T12:00:00Z';
const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '7', generation: 2 };
const stamp = { now: new Date(at), generation: 2 };

function statusOf(kind: string, reason: SummaryReason) {
  const conditions = [...summarise([], { reason, message: `because of ${reason}` }, stamp)];
  return { observedGeneration: 2, conditions, ...(kindsWithState.has(kind) && { state: stateOf(conditions) }) };
}

/** Every kind in every state that the operator can write. */
const states = (Object.keys(reasons) as Reason[]).filter(isSummaryReason).flatMap((reason) => {
  const { kinds, course }: ReasonEntry = reasons[reason];
  return kinds.map((kind) => ({
    kind,
    reason,
    course,
    object: { apiVersion, kind, metadata, spec: {}, status: statusOf(kind, reason) },
  }));
});

/** A Deployment with something to press. */
function aDeployment(
  status: DeploymentStatus,
  { spec = {}, annotations = {} }: { spec?: object; annotations?: object } = {},
) {
  return { apiVersion, kind: 'Deployment', metadata: { ...metadata, annotations }, spec, status };
}

const release = (number: number, outcome: ReleaseRecord['outcome']): ReleaseRecord => ({
  number,
  outcome,
  name: `web-${number}`,
  cause: 'Commit',
  startedAt: at,
});
const served = [release(3, 'Live'), release(2, 'Aborted'), release(1, 'Superseded')];
const live = { release: 3, weight: 100, replicas: 1, ready: 1 };
const quiet: DeploymentStatus = { ...statusOf('Deployment', 'ReleaseLive'), live, history: served };
const onItsWay: RolloutStatus = {
  release: 4,
  strategy: 'BlueGreen',
  phase: 'Preparing',
  step: 0,
  steps: 3,
  progress: '0/3',
  startedAt: at,
  phaseStartedAt: at,
};
const waiting: DeploymentStatus = {
  ...statusOf('Deployment', 'AwaitingApproval'),
  live,
  history: [release(4, 'InProgress'), ...served],
  rollout: { ...onItsWay, phase: 'AwaitingApproval', step: 1, progress: '1/3' },
};
const moving: DeploymentStatus = {
  ...waiting,
  ...statusOf('Deployment', 'RollingOut'),
  rollout: onItsWay,
};
const pinned = { release: 1, since: at, message: 'back' };
const cases = {
  young: aDeployment({}),
  quiet: aDeployment(quiet),
  waiting: aDeployment(waiting),
  moving: aDeployment(moving),
  goingBack: aDeployment({ ...moving, rollout: { ...onItsWay, aborting: true } }),
  failed: aDeployment({ ...quiet, refusedRelease: 'hash-2' }),
  rolledBack: aDeployment({ ...quiet, pinned }, { annotations: { 'vish.dev/rollback': '1' } }),
  paused: aDeployment(quiet, { spec: { paused: true } }),
  pinnedByField: aDeployment(quiet, { spec: { pin: 3 } }),
};

const odd = {
  unseen: { apiVersion, kind: 'Project', metadata },
  changed: {
    apiVersion,
    kind: 'Project',
    metadata: { ...metadata, generation: 3 },
    status: statusOf('Project', 'ProjectReady'),
  },
};

describe.skipIf(!(await hasGo()))('others', () => {
  let ofStates: Answer[];
  let ofOdd: Answer[];
  let offered: Record<keyof typeof cases, NonNullable<Answer['actions']>>;

  beforeAll(async () => {
    const objects = [...states.map(({ object }) => object), ...Object.values(odd), ...Object.values(cases)];
    const answers = await askWaiters(objects);
    ofStates = answers.slice(0, states.length);
    ofOdd = answers.slice(states.length, states.length + Object.keys(odd).length);
    const actions = answers.slice(-Object.keys(cases).length).map((answer) => answer.actions ?? {});
    offered = Object.fromEntries(Object.keys(cases).map((name, index) => [name, actions[index]])) as typeof offered;
  }, 600_000);

  it('see what our own port of kstatus computes, in every state', () => {
    expect(states.length).toBeGreaterThan(100);
    for (const [index, { object, kind, reason }] of states.entries()) {
      expect([kind, reason, ofStates[index]?.kstatus]).toEqual([kind, reason, compute(object).status]);
    }
  });

  it('see in Argo CD the health that the reason stands for, with its message', () => {
    const healths: Record<Course, string> = {
      Done: 'Healthy',
      Working: 'Progressing',
      AwaitingPerson: 'Suspended',
      Retrying: 'Progressing',
      Stuck: 'Degraded',
    };
    for (const [index, { kind, reason, course }] of states.entries()) {
      // Waits for a person only while it is deleted, which Argo CD tells by itself.
      if (!kindsWithState.has(kind) && course === 'AwaitingPerson') continue;
      const wanted = { status: healths[course], message: `because of ${reason}` };
      expect([kind, reason, ofStates[index]?.health]).toEqual([kind, reason, wanted]);
    }
  });

  it('never see health in what the operator has not looked at, or not since it was changed', () => {
    expect(ofOdd.map(({ health }) => health.status)).toEqual(['Progressing', 'Progressing']);
  });

  const buttons = (name: keyof typeof cases) =>
    Object.entries(offered[name])
      .flatMap(([action, { disabled }]) => (disabled ? [] : [action]))
      .toSorted();

  it('offer the buttons that do something', () => {
    expect(buttons('young')).toEqual(['pause']);
    expect(buttons('quiet')).toEqual(['pause', 'restart', 'rollback']);
    expect(buttons('waiting')).toEqual(['abort', 'pause', 'promote', 'promote-full', 'restart', 'rollback']);
    expect(buttons('moving')).toEqual(['abort', 'pause', 'promote-full', 'restart', 'rollback', 'skip']);
    expect(buttons('goingBack')).toEqual(['pause', 'restart', 'rollback']);
    expect(buttons('failed')).toEqual(['pause', 'restart', 'retry', 'rollback']);
    expect(buttons('rolledBack')).toEqual(['pause', 'retry', 'rollback']);
    expect(buttons('paused')).toEqual(['restart', 'resume', 'rollback']);
    expect(buttons('pinnedByField')).toEqual(['pause']);
  });

  it('change only the spec to pause and resume', () => {
    expect(offered.quiet['pause']?.after?.spec).toEqual({ paused: true });
    expect(offered.paused['resume']?.after?.spec).toEqual({});
  });

  it.each([
    ['waiting', 'promote', { 'vish.dev/promote': '4/1' }],
    ['waiting', 'promote-full', { 'vish.dev/promote': '4/full' }],
    ['moving', 'skip', { 'vish.dev/skip': '4/0' }],
    ['waiting', 'abort', { 'vish.dev/abort': '4' }],
    ['quiet', 'rollback', { 'vish.dev/rollback': '1' }],
    ['failed', 'retry', { 'vish.dev/retry': '2' }],
    ['rolledBack', 'retry', { 'vish.dev/retry': '3' }],
    ['quiet', 'restart', { 'vish.dev/restart': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string }],
  ] as const)('%s: %s writes what the operator takes', (name, action, wanted) => {
    const annotations = offered[name][action]?.after?.metadata.annotations ?? {};
    const taken = takeActions({
      annotations,
      status: cases[name].status,
      hashes: new Map([1, 2, 3, 4].map((number) => [number, `hash-${number}`])),
      spec: {
        suspend: false,
        target: {},
        strategy: {
          type: 'BlueGreen',
          blueGreen: { promotion: 'Manual', previous: { warm: 'Full', warmSeconds: 300 } },
        },
      },
      now: new Date(at),
    });

    expect(annotations).toEqual(wanted);
    expect(taken?.actions?.map(({ refused }) => refused)).toEqual([undefined]);
  });
});
