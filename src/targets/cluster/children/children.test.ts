import { describe, expect, it } from 'vitest';
import { aDeployment, aRelease, type DeploymentParts } from '../../../../test/support/cluster-place/builders.ts';
import { services } from '../../../objects/core.ts';
import { httpRoutes, type Route } from '../../../objects/routes.ts';
import type { ClusterInformers } from '../informers.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { budgetFor } from './budget.ts';
import { foreign, isOurs, refuseForeign } from './child.ts';
import { childrenOf } from './children.ts';
import { routeFor, routeKindOf } from './route.ts';
import type { Routes } from './routes.ts';
import { serviceFor } from './service.ts';

const common = {
  name: 'web',
  namespace: 'shop',
  labels: {
    'app.kubernetes.io/managed-by': 'vish',
    'app.kubernetes.io/name': 'web',
    'vish.dev/deployment': 'web',
  },
  ownerReferences: [
    {
      apiVersion: 'vish.dev/v1alpha1',
      kind: 'Deployment',
      name: 'web',
      uid: 'uid-web',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
};

const made = (parts: DeploymentParts, build: typeof routeFor) => build(aDeployment(parts), aRelease(parts));

describe('the Service', () => {
  it('leads to all replicas, by the name of their port', () => {
    expect(made({}, serviceFor)).toEqual({
      metadata: common,
      spec: {
        type: 'ClusterIP',
        selector: { 'vish.dev/deployment': 'web' },
        ports: [{ name: 'app', port: 8080, targetPort: 'app', protocol: 'TCP' }],
      },
    });
  });
  it('is not made for a worker', () => {
    expect(made({ workload: { port: undefined } }, serviceFor)).toBeUndefined();
  });
});

describe('the route', () => {
  const parentRefs = [{ name: 'public', namespace: 'gateways', sectionName: 'https' }];

  it('leads everything from the gateways to the Service', () => {
    const parts = { cluster: { gateway: { parentRefs, hostnames: ['a.example.com', 'b.example.com'] } } };

    expect(made(parts, routeFor)).toEqual({
      metadata: common,
      spec: {
        parentRefs,
        hostnames: ['a.example.com', 'b.example.com'],
        rules: [{ backendRefs: [{ name: 'web', port: 8080 }] }],
      },
    });
    expect(routeKindOf(aDeployment(parts))).toBe('HTTPRoute');
  });
  it('is of the kind that was asked for, and takes every name without hostnames', () => {
    const parts = { cluster: { gateway: { parentRefs, kind: 'GRPCRoute' as const } } };

    expect(made(parts, routeFor)).not.toHaveProperty('spec.hostnames');
    expect(routeKindOf(aDeployment(parts))).toBe('GRPCRoute');
  });
  it('is not made without a gateway', () => {
    expect(made({}, routeFor)).toBeUndefined();
    expect(routeKindOf(aDeployment())).toBeUndefined();
  });
});

describe('a route that leads some requests elsewhere', () => {
  const gateway = { parentRefs: [{ name: 'public' }] };
  const [first, second] = [aRelease(), aRelease({}, { number: 2, name: 'web-2' })];
  const traffic = {
    weights: new Map([[1, 100]]),
    backends: [{ release: first, weight: 100 }],
    main: first,
    service: first,
    preview: second,
    sides: [first, second],
  };
  const rules = (chosen: Partial<Traffic>) => {
    const route = routeFor(aDeployment({ cluster: { gateway } }), first, { ...traffic, ...chosen });
    return (route as Route | undefined)?.spec.rules;
  };
  const all = { backendRefs: [{ name: 'web-1', port: 8080, weight: 100 }] };

  it('has a rule before the one for all, for who sends the headers', () => {
    const headers = [{ name: 'X-Canary', value: 'yes' }];

    expect(rules({ match: { release: second, headers } })).toEqual([
      {
        matches: [{ headers: [{ type: 'Exact', name: 'X-Canary', value: 'yes' }] }],
        backendRefs: [{ name: 'web-2', port: 8080 }],
      },
      all,
    ]);
  });
  it.each([
    [100, {}],
    [5, { percent: 5 }],
  ])('copies %i percent to the release that comes', (percent, more) => {
    const requestMirror = { backendRef: { name: 'web-2', port: 8080 }, ...more };

    expect(rules({ mirror: { release: second, percent } })).toEqual([
      { filters: [{ type: 'RequestMirror', requestMirror }], ...all },
    ]);
  });
});

describe('while route and Service change from all replicas to releases', () => {
  const deployment = aDeployment({ cluster: { gateway: { parentRefs: [{ name: 'public' }] } } });
  const [first, second] = [aRelease(), aRelease({}, { number: 2, name: 'web-2' })];
  const half = [first, second].map((release) => ({ release, weight: 50 }));

  async function made(backends: Traffic['backends'], unseen: readonly string[]) {
    const nothing = { store: { get: () => undefined } };
    const informers = { services: nothing, budgets: nothing } as unknown as ClusterInformers;
    const kinds = new Map([['HTTPRoute', nothing]]);
    const routes = { informers: () => Promise.resolve(kinds), leadTo: () => false } as unknown as Routes;
    const weights = new Map(backends.map(({ release, weight }) => [release.number, weight]));
    const traffic = { weights, backends, main: first, service: first, preview: second, sides: [first, second] };
    const { signal } = new AbortController();
    const base = { deployment, release: first, releases: [first, second], replicas: 4, signal };
    const children = await childrenOf(informers, routes, { ...base, traffic, unseen: new Set(unseen) });
    const find = (resource: object) => children.find((each) => each.resource === resource)?.wanted as Route | undefined;
    const selector = (find(services) as unknown as { spec: { selector: object } }).spec.selector;
    return { selector, led: find(httpRoutes)?.spec.rules?.[0]?.backendRefs?.map(({ name }) => name) };
  }

  const all = { 'vish.dev/deployment': 'web' };
  const one = { ...all, 'vish.dev/release': 'web-1' };

  it.each([
    ['to all replicas, until the Services of both have endpoints', half, ['web-2'], { led: ['web'], selector: all }],
    ['then to both, and inside the cluster to one', half, [], { led: ['web-1', 'web-2'], selector: one }],
    ['to the one release that serves', [{ release: first, weight: 100 }], ['web-1'], { led: ['web'], selector: one }],
  ])('they lead %s', async (_, backends, unseen, expected) => {
    expect(await made(backends, unseen)).toEqual(expected);
  });
});

describe('the disruption budget', () => {
  it('keeps all but one, from two replicas on', () => {
    expect(budgetFor(aDeployment(), 1)).toBeUndefined();
    expect(budgetFor(aDeployment(), 2)).toEqual({
      metadata: common,
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: { 'vish.dev/deployment': 'web' } },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  });
  it('is not made where nobody wants it', () => {
    expect(budgetFor(aDeployment({ cluster: { disruptionBudget: 'None' } }), 5)).toBeUndefined();
  });
});

describe('ownership', () => {
  const identity = { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1' };
  const theirs = {
    metadata: { ...identity, ownerReferences: [{ ...common.ownerReferences[0], name: 'api', uid: 'other' }] },
  };
  const { labels, ownerReferences } = common;

  it.each([
    ['what it controls is ours', { ownerReferences }, true],
    ['what an earlier one of the same name left behind is ours', { labels }, true],
    ['what has no mark is not', {}, false],
    [
      'what another one controls is not, whatever its labels',
      { labels, ownerReferences: theirs.metadata.ownerReferences },
      false,
    ],
    ['what is of another Deployment is not', { labels: { ...labels, 'vish.dev/deployment': 'api' } }, false],
  ])('%s', (_, metadata, ours) => {
    expect(isOurs({ metadata: { ...identity, ...metadata } as never }, aDeployment())).toBe(ours);
  });
  it('refuses only what it would write, and names the owner', () => {
    const wanted = made({}, serviceFor);
    const observed = { metadata: theirs.metadata } as never;

    expect(() => refuseForeign(aDeployment(), [{ resource: services, observed }])).not.toThrow();
    expect(wanted).toBeDefined();
    expect(() => refuseForeign(aDeployment(), [{ resource: services, observed, wanted: wanted as never }])).toThrow(
      'Service web exists and belongs to Deployment api: remove it, or give this Deployment another name',
    );
    expect(foreign('Service web', { metadata: identity }).reason).toBe('ForeignOwner');
  });
  it('waits for what a deleted Deployment of the same name leaves', () => {
    const ownerReferences = [{ ...common.ownerReferences[0], uid: 'other' }];

    expect(foreign('Service web', { metadata: { ...identity, ownerReferences } as never }).reason).toBe('CleaningUp');
  });
});
