import { expect, it } from 'vitest';
import { aRelease } from '../../../test/support/cluster-place/builders.ts';
import { strategy } from '../../crds/strategy/strategy.ts';
import type { Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';
import type { ReplicaSet } from '../../objects/workloads.ts';
import type { Intent } from '../target.ts';
import { type Furthest, observationOf } from './observe.ts';
import { sizesFor } from './sizes.ts';
import type { ReleaseView } from './view.ts';

const second = aRelease({}, { number: 2, name: 'web-2' });
const first = aRelease();
const intent = (fields: Partial<Intent> = {}): Intent => ({
  release: second,
  from: first,
  others: [],
  replicas: 3,
  strategy: strategy.parse({}),
  paused: false,
  ...fields,
});

function side(
  release = second,
  asked = 3,
  status: { replicas?: number; available?: number; seen?: number } = {},
): ReleaseView {
  const { replicas = asked, available = replicas, seen = 1 } = status;
  const set: Stored<ReplicaSet> = {
    metadata: { name: release.name, uid: release.name, resourceVersion: '1', generation: 1 },
    spec: { replicas: asked, selector: {} },
    status: { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: seen },
  };
  return { release, set, pods: [] };
}

function seen(next: ReleaseView, others: ReleaseView[] = [], memory?: Furthest, fields: Partial<Intent> = {}) {
  return observationOf({ next, others }, intent(fields), { memory });
}

it.each([
  ['all are available and nothing else is there', side(), [side(first, 0)], 'Succeeded'],
  ['one is missing', side(second, 3, { available: 2 }), [], 'Running'],
  ['the status is about an older size', side(second, 3, { seen: 0 }), [], 'Running'],
  ['a surplus is still there', side(second, 3, { replicas: 4 }), [], 'Running'],
  ['another release is still there', side(), [side(first, 0, { replicas: 1 })], 'Running'],
  ['nothing is there', { release: second, pods: [] }, [], 'Running'],
])('when %s', (_, next, others, outcome) => {
  expect(seen(next, others).outcome).toBe(outcome);
});

it('is available as long as enough serve, of whichever release', () => {
  expect(seen(side(second, 1), [side(first, 2)]).available).toBe(true);
  expect(seen(side(second, 1, { available: 0 }), [side(first, 2)]).available).toBe(false);
  expect(seen(side(second, 0), [], undefined, { replicas: 0 }).available).toBe(true);
});

it('shows no progress while a replica comes and goes, and progress when a further one comes', () => {
  const before = seen(side(second, 3, { available: 1 }), [side(first, 2)]);
  const lost = seen(side(second, 3, { available: 0 }), [side(first, 2)], before.memory);
  const back = seen(side(second, 3, { available: 1 }), [side(first, 2)], lost.memory);
  const further = seen(side(second, 3, { available: 2 }), [side(first, 2)], back.memory);

  expect([lost.progress, back.progress]).toEqual([before.progress, before.progress]);
  expect(further.progress).not.toBe(before.progress);
});

it('starts to count again for another release', () => {
  const before = seen(side(first, 5), [], undefined, { release: first });

  expect(seen(side(second, 3, { available: 1 }), [], before.memory).memory).toMatchObject({ available: 1 });
});

it('shows no progress while an autoscaler goes up and down, and progress when more comes than ever before', () => {
  const of = (replicas: number, memory?: Furthest) =>
    seen(side(second, replicas, { available: 0 }), [side(first, replicas)], memory, { replicas });
  const three = of(3);
  const five = of(5, three.memory);
  const fewer = of(3, five.memory);
  const again = of(5, fewer.memory);

  expect(five.progress).not.toBe(three.progress);
  expect([fewer.progress, again.progress]).toEqual([five.progress, five.progress]);
});

it('recreates although an evicted pod of the old release is left behind as an object', () => {
  const evicted: Stored<Pod> = {
    metadata: { name: 'web-1-x', uid: 'x', resourceVersion: '1' },
    status: { phase: 'Failed' },
  };
  const strategyOf = strategy.parse({ type: 'Recreate' });
  const next = { release: second, pods: [] };

  const sizes = sizesFor({ next, others: [{ ...side(first, 0), pods: [evicted] }] }, intent({ strategy: strategyOf }));

  expect(sizes.get(2)).toBe(3);
});
