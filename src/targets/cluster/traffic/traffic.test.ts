import { describe, expect, it } from 'vitest';
import { aDeployment, aRelease, type DeploymentParts } from '../../../../test/support/cluster-place/builders.ts';
import { strategy } from '../../../crds/strategy/strategy.ts';
import type { Release } from '../../../rollout/release.ts';
import { isReached } from '../../../rollout/shift/shift.ts';
import type { Intent } from '../../target.ts';
import { childOf } from '../children/child.ts';
import type { ReleaseView } from '../view.ts';
import { leadingRelease } from './listens.ts';
import { shiftInputOf, trafficOf } from './traffic.ts';

const worker: DeploymentParts = { workload: { port: undefined } };
const first = aRelease();
const second = aRelease({}, { number: 2, name: 'web-2', uid: 'uid-web-2' });
const silent = aRelease(worker);
const steps = strategy.parse({ type: 'Canary', canary: { steps: [{ weight: 25 }] } });
const gateway = { parentRefs: [{ name: 'public' }] };

function side(
  release: Release,
  replicas = 4,
  { ready = replicas, seen = 1 }: { ready?: number; seen?: number } = {},
): ReleaseView {
  const metadata = { name: release.name, uid: release.name, resourceVersion: '1', generation: 1 };
  const status = { replicas: ready, readyReplicas: ready, availableReplicas: ready, observedGeneration: seen };
  return { release, set: { metadata, spec: { replicas, selector: {} }, status }, pods: [] };
}

function intentOf(fields: Partial<Intent>): Intent {
  const stage = { weight: 100, replicas: 4 };
  const base = { release: second, others: [], replicas: 4, paused: false };
  // The first one comes from nowhere.
  const from = fields.release === first ? {} : { from: first };
  return { ...base, ...from, stage, strategy: strategy.parse({ type: 'BlueGreen' }), ...fields };
}

/** Looks again with what was written, until nothing changes any more. */
function settled(views: readonly [ReleaseView, ...ReleaseView[]], fields: Partial<Intent> = {}, splits = false) {
  const intent = intentOf(fields);
  const deployment = aDeployment(splits ? { cluster: { gateway } } : {});
  const [next, ...others] = views;
  const view = { next, others };
  let notes: Record<string, string> | undefined;
  for (let look = 0; look < 4; look++) {
    const service = notes && childOf(deployment, {}, { notes });
    const input = shiftInputOf({ view, intent, deployment }, { service });
    if (input === undefined) return undefined;
    const traffic = trafficOf(view, input);
    const listens = traffic.main?.workload.port !== undefined;
    const weights = [...traffic.weights].filter(([, weight]) => weight > 0);
    notes = listens ? { 'vish.dev/traffic': weights.map((share) => share.join('=')).join(',') } : undefined;
    if (look === 3) return { input, traffic, weights: Object.fromEntries(weights), reached: isReached(input) };
  }
  return undefined;
}

it('nothing is gained by replicas that the place has not counted since their number was changed', () => {
  const views = (seen: number) => [side(second, 4, { seen }), side(first)] as const;

  expect(settled([...views(0)])?.weights).toEqual({ 1: 100 });
  expect(settled([...views(1)])?.weights).toEqual({ 2: 100 });
});

it('the Service inside the cluster stays with the release that has served, until another one has more of the traffic', () => {
  const half = { strategy: steps, stage: { weight: 50, replicas: 2 } };
  const more = { strategy: steps, stage: { weight: 75, replicas: 3 } };

  expect(settled([side(second, 2), side(first)], half, true)?.traffic.main).toBe(first);
  expect(settled([side(second, 3), side(first)], more, true)?.traffic.main).toBe(second);
});

it('a release keeps its Service until its last pod has ended, because a gateway may lead to it longer than the route says', () => {
  const pod = { metadata: { name: 'web-2-x', uid: 'x', resourceVersion: '1', deletionTimestamp: 'now' } };
  const namesOf = (pods: ReleaseView['pods']) => {
    const found = settled([side(first), { ...side(second, 0), pods }], { release: first }, true);
    return found?.traffic.sides.map(({ name }) => name);
  };

  expect(namesOf([pod])).toEqual(['web-1', 'web-2']);
  expect(namesOf([])).toEqual(['web-1']);
});

it('a strategy that moves no traffic takes over when what was kept warm is gone, and never leads to that', () => {
  const rolling = { from: undefined, stage: undefined, strategy: strategy.parse({}) } as unknown as Partial<Intent>;
  const pod = { metadata: { name: 'web-1-x', uid: 'x', resourceVersion: '1' } };
  const deployment = aDeployment({});
  const led = (traffic: string) => ({ service: childOf(deployment, {}, { notes: { 'vish.dev/traffic': traffic } }) });
  const inputOf = (pods: ReleaseView['pods'], traffic = '2=100') => {
    const view = { next: side(second), others: [{ ...side(first), pods }] };
    return { view, input: shiftInputOf({ view, intent: intentOf(rolling), deployment }, led(traffic)) };
  };

  const { view, input } = inputOf([pod]);

  expect(input && trafficOf(view, input).main).toBe(second);
  expect(inputOf([]).input).toBeUndefined();
  expect(inputOf([pod], '1=100').input).toBeUndefined();
});

describe('from a release that listens nowhere', () => {
  it('comes a preview, and then all traffic', () => {
    const views = [side(second), side(silent)] as const;

    expect(settled([...views], { from: silent, stage: { weight: 0, replicas: 4 } })).toMatchObject({ reached: true });
    expect(settled([...views], { from: silent })).toMatchObject({ reached: true, weights: { 2: 100 } });
  });

  it('comes all traffic where a part of it is asked for, because nobody else could take the rest', () => {
    const parts = { from: silent, strategy: steps, stage: { weight: 25, replicas: 1 } };

    expect(settled([side(second), side(silent)], parts, true)).toMatchObject({ reached: true, weights: { 2: 100 } });
  });
});

describe('to a release that listens nowhere', () => {
  it('no traffic is moved: replicas come and go', () => {
    expect(settled([side(silent), side(second)], { release: silent, from: second })).toBeUndefined();
  });

  it('the Service stays as long as there is something of the one that does', () => {
    const intent = intentOf({ release: silent, from: second });

    expect(leadingRelease({ next: side(silent), others: [side(second)] }, intent)).toBe(second);
    expect(leadingRelease({ next: side(silent), others: [side(second, 0)] }, intent)).toBe(silent);
    expect(leadingRelease({ next: side(second), others: [side(first)] }, intentOf({}))).toBe(second);
    expect(leadingRelease({ next: side(second), others: [side(first)] }, intentOf({ paused: true }))).toBe(first);
  });
});
