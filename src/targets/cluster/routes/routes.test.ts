import { describe, expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { Stored } from '../../../kube/index.ts';
import type { BackendRef, Route, RouteParent } from '../../../objects/routes.ts';
import { notAccepted } from './accepted.ts';
import { Corrections } from './corrections.ts';
import { weightPatch } from './patch.ts';
import { divisionsOf, shareOf, sharesOf } from './shares.ts';
import { incompleteIn, userRoutesOf } from './user-routes.ts';

const pair = { stable: 'web', next: 'web-preview' };
const both = (stable: number, next: number): BackendRef[] => [
  { name: 'web', port: 80, weight: stable },
  { name: 'web-preview', port: 80, weight: next },
];

function aRoute(rules: BackendRef[][], fields: Pick<Route, 'status'> = {}): Stored<Route> {
  const metadata = { name: 'shop', namespace: 'shop', uid: 'u', resourceVersion: '7', generation: 2 };
  return {
    metadata,
    spec: { parentRefs: [{ name: 'public' }], rules: rules.map((backendRefs) => ({ backendRefs })) },
    ...fields,
  };
}

describe('a route of the user', () => {
  it('is looked at in every rule that leads to the Deployment, and nowhere else', () => {
    const other = [
      { name: 'web', port: 80, namespace: 'elsewhere' },
      { name: 'web', group: 'example.com', port: 80 },
    ];
    const route = aRoute([both(100, 0), other, [{ name: 'web', port: 80 }], both(1, 3)]);

    const { complete, incomplete } = divisionsOf(route, pair);

    expect(complete.map(({ rule }) => rule)).toEqual([0, 3]);
    expect(incomplete).toEqual([2]);
    expect(sharesOf(complete)).toEqual([0, 75]);
  });

  it('is neither without nor with all traffic while its rules differ', () => {
    expect([shareOf([]), shareOf([40, 40]), shareOf([0, 0, 1]), shareOf([100, 100, 0]), shareOf([100, 0])]).toEqual([
      0, 40, 1, 67, 50,
    ]);
  });

  it('gets weights by a patch that fails whole when somebody changed it since', () => {
    const route = aRoute([both(100, 0), [{ name: 'old', port: 1 }, ...both(90, 10)]]);

    expect(weightPatch(route, divisionsOf(route, pair).complete, 10)).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'test', path: '/spec/rules/0/backendRefs/0/name', value: 'web' },
      { op: 'add', path: '/spec/rules/0/backendRefs/0/weight', value: 90 },
      { op: 'test', path: '/spec/rules/0/backendRefs/1/name', value: 'web-preview' },
      { op: 'add', path: '/spec/rules/0/backendRefs/1/weight', value: 10 },
    ]);
    const done = aRoute([both(90, 10)]);
    expect(weightPatch(done, divisionsOf(done, pair).complete, 10)).toBeUndefined();
  });

  it.each<[string, Stored<Route> | undefined, string | undefined]>([
    ['is not there', undefined, 'HTTPRoute shop is not there'],
    [
      'names one Service only',
      aRoute([[{ name: 'web', port: 80 }]]),
      'in rules[0]: backendRefs: [{name: web, port: 8080',
    ],
    ['leads elsewhere', aRoute([[{ name: 'api', port: 80 }]]), 'no rule of HTTPRoute shop leads to this Deployment'],
    ['names both', aRoute([both(100, 0), [{ name: 'api', port: 80 }]]), undefined],
  ])('that %s is told with the lines that it needs', (_, route, message) => {
    const deployment = aDeployment({ cluster: { gateway: { routeRefs: [{ name: 'shop' }] } } });

    const found = incompleteIn(
      userRoutesOf(deployment, () => route),
      deployment,
      8080,
    );

    expect(found?.reason).toBe(message && 'RouteIncomplete');
    expect(found?.message ?? '').toContain(message ?? '');
  });
});

describe('what Gateways say of a route', () => {
  const condition = (type: string, status = 'True', observedGeneration = 2) => ({
    type,
    status,
    observedGeneration,
    reason: 'Because',
    message: 'of this',
  });
  const parent = (conditions: RouteParent['conditions'], name = 'public'): RouteParent => ({
    parentRef: { name, kind: 'Gateway', namespace: 'shop' },
    conditions: conditions ?? [],
  });
  const good = [condition('Accepted'), condition('ResolvedRefs')];

  it.each<[string, RouteParent[], string | undefined]>([
    ['all of it', [parent(good)], undefined],
    ['nothing', [], 'has no answer from Gateway public yet'],
    ['something to another Gateway', [parent(good, 'inner')], 'has no answer from Gateway public yet'],
    [
      'no',
      [parent([condition('Accepted', 'False'), condition('ResolvedRefs')])],
      'Accepted is False, Because: of this',
    ],
    [
      'a Service is missing',
      [parent([condition('Accepted'), condition('ResolvedRefs', 'False')])],
      'ResolvedRefs is False',
    ],
    ['yes to the change before', [parent([condition('Accepted', 'True', 1), good[1] as never])], 'newest change'],
    ['yes by one of two controllers', [parent([condition('Accepted', 'False')]), parent(good)], undefined],
  ])('%s', (_, parents, message) => {
    const found = notAccepted('HTTPRoute', aRoute([], { status: { parents } }));

    expect(found?.reason).toBe(message && 'RouteNotReady');
    expect(found?.message ?? '').toContain(message ?? '');
  });
});

it('corrects at once, then with growing distance, and calls it a fight', () => {
  let now = 0;
  const corrections = new Corrections({ monotonic: () => now });
  const waits: number[] = [];
  corrections.note('a', 10);
  for (let count = 0; count < 6; count++) {
    const waitMs = corrections.waitMs('a', 10);
    waits.push(waitMs);
    now += waitMs;
    corrections.note('a', 10);
  }

  expect(waits).toEqual([0, 1000, 2000, 4000, 8000, 16_000]);
  expect([corrections.isFight('a'), corrections.isFight('b')]).toEqual([true, false]);
  expect(corrections.waitMs('a', 20)).toBe(0);
  now += 11 * 60_000;
  expect([corrections.isFight('a'), corrections.waitMs('a', 10)]).toEqual([false, 0]);
});
