import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/crds/conditions/condition.ts';
import { type Summary, summarise } from '../../../src/crds/conditions/conditions.ts';
import { stateOf } from '../../../src/crds/conditions/states.ts';
import { isSummaryReason, type Reason, reasonEntry, reasons } from '../../../src/crds/reasons/reasons.ts';
import { fc } from '../../support/properties.ts';
import { createSecrets } from '../secrets/secrets.ts';
import { compute } from './compute.ts';
import { violationsOf } from './status-watch.ts';
import type { Observed } from './version.ts';

type Status = NonNullable<Observed['status']>;

/** A Deployment that keeps every rule. */
function good(): Status {
  return { observedGeneration: 2, state: 'Ready', conditions: [aCondition('Ready', 'True')] };
}

function aCondition(type: string, status: Condition['status'], change: Partial<Condition> = {}): Condition {
  const base = { reason: 'ReleaseLive', message: 'Release 1 serves.', observedGeneration: 2 };
  return { type, status, ...base, lastTransitionTime: '2026-01-01T00:00:00Z', ...change };
}

function aDeployment(status: Status | undefined, generation = 2) {
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '7', generation };
  return { kind: 'Deployment', metadata, ...(status && { status }) };
}

function codes(status: Status | undefined, before?: Status): string[] {
  const version = { object: aDeployment(status), before: before && aDeployment(before) };
  return violationsOf(version).map(({ code }) => code);
}

const rollingOut = { reason: 'RollingOut', message: 'Release 2 is on its way.' };
const failed = { reason: 'ReleaseFailed', message: 'No pod became ready.' };
const older = { ...good(), conditions: [aCondition('Ready', 'True', { observedGeneration: 1 })] };

describe('the rules', () => {
  it('have nothing against an object that nobody has looked at', () => {
    expect(codes(undefined)).toEqual([]);
    expect(codes({ observedGeneration: -1 })).toEqual([]);
  });
  it('have nothing against anything that summarise writes', () => {
    const names = fc.constantFrom(...(Object.keys(reasons) as Reason[]).filter(isSummaryReason));
    const stamp = { now: new Date(0), generation: 2 };

    fc.assert(
      fc.property(fc.array(fc.record({ reason: names, message: fc.string() }), { minLength: 1 }), (summaries) => {
        const ours = (summaries as Summary[]).filter(({ reason }) => reasonEntry(reason)?.kinds.includes('Deployment'));
        fc.pre(ours.length > 0);
        const conditions = ours.reduce<readonly Condition[]>((so, next) => summarise(so, next, stamp), []);
        const status = { observedGeneration: 2, conditions, state: stateOf(conditions) };
        expect(codes(status, {})).toEqual([]);
      }),
    );
  });
  it.each<[string, Status]>([
    ['FAIL0001', { ...good(), conditions: [aCondition('Ready', 'True'), aCondition('Stalled', 'True')] }],
    ['FAIL0002', { observedGeneration: 2, state: 'Pending' }],
    ['FAIL0003', { ...good(), conditions: [aCondition('Ready', 'True'), aCondition('Reconciling', 'True')] }],
    ['FAIL0004', { ...good(), conditions: [aCondition('Ready', 'Unknown'), aCondition('Stalled', 'True')] }],
    [
      'FAIL0005',
      {
        ...good(),
        conditions: [aCondition('Ready', 'False'), aCondition('Reconciling', 'True'), aCondition('Stalled', 'True')],
      },
    ],
    ['FAIL0006', { ...good(), observedGeneration: 3 }],
    ['FAIL0007', { ...good(), observedGeneration: 1 }],
    ['FAIL0008', older],
    ['FAIL0009', { ...good(), observedGeneration: 1 }],
    ['FAIL0011', { ...good(), conditions: [aCondition('Ready', 'Unknown')] }],
    ['WARN0001', { ...good(), conditions: [aCondition('Ready', 'True'), aCondition('Stalled', 'False')] }],
    ['WARN0002', { state: 'Ready', conditions: [aCondition('Ready', 'True')] }],
    [
      'WARN0003',
      {
        ...good(),
        conditions: [aCondition('Ready', 'False', rollingOut), aCondition('Stalled', 'True', failed)],
      },
    ],
    ['VISH0001', { ...good(), conditions: [aCondition('Ready', 'False', failed)] }],
    ['VISH0002', { ...good(), conditions: [aCondition('Ready', 'True', { reason: 'Fine' })] }],
    ['VISH0002', { ...good(), conditions: [aCondition('Ready', 'True', { reason: 'CheckPassed' })] }],
    ['VISH0002', { ...good(), conditions: [aCondition('Ready', 'True'), aCondition('Verified', 'True')] }],
    ['VISH0003', { ...good(), state: 'Failed' }],
  ])('%s finds its fault', (code, status) => {
    expect(codes(good(), {})).toEqual([]);
    expect(codes(status, {})).toContain(code);
  });
  it('do not blame the operator for a spec that was changed a moment ago', () => {
    const before = { ...older, observedGeneration: 1 };

    expect(codes(before, before)).toEqual([]);
    expect(codes(before, {})).toContain('FAIL0007');
  });
  it('find a planted secret, and say where and in which version', () => {
    const secrets = createSecrets();
    const message = `cannot pull with ${secrets.plant('token')}`;
    const status = { ...good(), conditions: [aCondition('Ready', 'True', { message })] };

    expect(violationsOf({ object: aDeployment(status) }, secrets)).toMatchObject([
      { code: 'VISH0004', detail: 'token', object: 'Deployment shop/web', resourceVersion: '7' },
    ]);
  });
});

describe('kstatus', () => {
  it.each<[string, Status | undefined]>([
    ['Current', undefined],
    ['Current', good()],
    ['InProgress', { ...good(), observedGeneration: 1 }],
    ['InProgress', { ...good(), conditions: [aCondition('Ready', 'False')] }],
    ['InProgress', { ...good(), conditions: [aCondition('Ready', 'True'), aCondition('Reconciling', 'True')] }],
    ['Failed', { ...good(), conditions: [aCondition('Ready', 'False'), aCondition('Stalled', 'True')] }],
  ])('computes %s', (status, given) => {
    expect(compute(aDeployment(given)).status).toBe(status);
  });
  it('computes Terminating before anything else', () => {
    const { metadata, ...rest } = aDeployment(good());

    const going = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };

    expect(compute(going).status).toBe('Terminating');
  });
  it('refuses a generation that is no integer', () => {
    expect(() => compute(aDeployment({ ...good(), observedGeneration: '2' as unknown as number }))).toThrow('integer');
  });
});
