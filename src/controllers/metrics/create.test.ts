import { Registry } from 'prom-client';
import { beforeEach, expect, it } from 'vitest';
import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentStatus, ReleaseRecord } from '../../crds/deployment/status.ts';
import { type Handler, type Informer, type KubeObject, keyOf, type Stored } from '../../kube/index.ts';
import { IndexedStore } from '../../kube/store/indexed-store.ts';
import { aDeployment } from '../project/test-builders.ts';
import { createProductWatch } from './create.ts';

/** The caches of a process, filled by hand. */
class Caches {
  private readonly kinds = new Map<string, Kind<KubeObject>>();

  informer = <T extends KubeObject>({ kind }: { kind: string }): Informer<T> => {
    return this.of(kind).informer as unknown as Informer<T>;
  };

  put(kind: string, object: KubeObject): void {
    this.of(kind).put(object as Stored<KubeObject>);
  }

  delete(kind: string, object: KubeObject): void {
    this.of(kind).store.delete(keyOf(object));
  }

  private of(kind: string): Kind<KubeObject> {
    const known = this.kinds.get(kind) ?? new Kind();
    this.kinds.set(kind, known);
    return known;
  }
}

class Kind<T extends KubeObject> {
  readonly store = new IndexedStore<T>({
    onIndexError: (index, error) => {
      throw new Error(index, { cause: error });
    },
  });
  private readonly handlers = new Set<Handler<T>>();

  readonly informer = {
    store: this.store,
    addIndex: this.store.addIndex.bind(this.store),
    addHandler: (handler: Handler<T>) => {
      this.handlers.add(handler);
      for (const object of this.store.list()) handler.onAdd(object, true);
      return { hasSynced: () => true, remove: () => void this.handlers.delete(handler) };
    },
  };

  put(object: Stored<T>): void {
    const { old } = this.store.put(keyOf(object), object);
    for (const handler of this.handlers) {
      if (old === undefined) handler.onAdd(object, false);
      else handler.onUpdate(old, object);
    }
  }
}

let caches: Caches;
let registry: Registry;

beforeEach(() => {
  caches = new Caches();
  registry = new Registry();
});

const watch = () => createProductWatch({ cache: caches, registry });
const commit = 'c'.repeat(40);
const startedAt = '2026-01-01T00:00:00Z';

function web(status: DeploymentStatus, name = 'web', environment = 'production'): Stored<Deployment> {
  return aDeployment(name, environment, { status });
}

function record(number: number, fields: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return { number, name: `web-${number}`, outcome: 'InProgress', cause: 'Commit', commit, startedAt, ...fields };
}

const comes = { history: [record(1)] };
const serves = { history: [record(1, { outcome: 'Live', finishedAt: '2026-01-01T00:01:00Z' })] };

async function value(line: string): Promise<string | undefined> {
  const page = await registry.metrics();
  return page
    .split('\n')
    .find((each) => each.startsWith(`${line} `))
    ?.slice(line.length + 1);
}

const live = 'vish_releases_total{outcome="Live",environment="production"}';

it('shows a counter before its first increase, so that the increase can be seen', async () => {
  watch().begin();
  caches.put('Deployment', web(comes));

  expect(await value(live)).toBe('0');
  caches.put('Deployment', web(serves));
  expect(await value(live)).toBe('1');
});

it('counts nothing of what was there before it began, nor after it ended', async () => {
  caches.put('Deployment', web(serves));
  const end = watch().begin();
  caches.put('Deployment', web(serves));
  end();
  caches.put('Deployment', web(comes));
  caches.put('Deployment', web({ history: [record(1, { outcome: 'Failed', finishedAt: startedAt })] }));

  expect(await value(live)).toBe('0');
  expect(await value('vish_releases_total{outcome="Failed",environment="production"}')).toBe('0');
});

it('takes the time of a commit from its Build', async () => {
  const metadata = {
    name: 'b',
    namespace: 'team',
    uid: 'b',
    resourceVersion: '1',
    creationTimestamp: '2025-12-31T23:59:00Z',
  };
  caches.put('Build', { metadata, spec: { projectRef: { name: 'shop' }, commit } } as unknown as Build);
  caches.put('Deployment', web(comes));
  watch().begin();
  caches.put('Deployment', web(serves));

  expect(await value('vish_lead_time_seconds_sum{environment="production"}')).toBe('120');
});

it('tells gauges in the leader only, and none of an object that is gone', async () => {
  const state = 'vish_object_state{kind="Deployment",namespace="team",name="web",state="Pending",reason=""}';
  const product = watch();
  caches.put('Deployment', web(comes));

  expect([await value(state), await value('vish_build_queue_depth')]).toEqual([undefined, undefined]);
  product.begin();
  expect([await value(state), await value('vish_build_queue_depth')]).toEqual(['1', '0']);
  caches.delete('Deployment', web(comes));
  expect(await value(state)).toBeUndefined();
});

it('shows where a rollout is while it lasts', async () => {
  watch().begin();
  const times = { startedAt, phaseStartedAt: startedAt, deadline: '2026-01-01T00:10:00Z' };
  const steps = { phase: 'Advancing', step: 1, steps: 4, progress: '1/4' };
  const rollout = { release: 2, strategy: 'Canary' as const, ...steps, ...times };
  const next = { release: 2, weight: 25, replicas: 1, ready: 1 };
  const of = '{namespace="team",name="web"}';
  const names = ['step', 'steps', 'traffic_ratio', 'deadline_timestamp_seconds'].map(
    (name) => `vish_rollout_${name}${of}`,
  );

  caches.put('Deployment', web({ rollout, next }));
  expect(await Promise.all(names.map(value))).toEqual(['1', '4', '0.25', '1767226200']);
  caches.put('Deployment', web(serves));
  expect(await Promise.all(names.map(value))).toEqual([undefined, undefined, undefined, undefined]);
});

it('shows what checks measured while a rollout lasts, where it is a number', async () => {
  watch().begin();
  const steps = { phase: 'Checking', step: 1, steps: 4, progress: '1/4' };
  const rollout = { release: 2, strategy: 'Canary' as const, ...steps, startedAt, phaseStartedAt: startedAt };
  const check = { release: 2, result: 'Running' as const };
  const checks = [
    { ...check, name: 'errors', value: '0.02', failures: 1 },
    { ...check, name: 'silent' },
    { ...check, name: 'endless', value: 'Infinity' },
  ];
  const names = ['errors', 'silent', 'endless'].map((name) => `{namespace="team",name="web",check="${name}"}`);

  caches.put('Deployment', web({ rollout, checks }));
  expect(await Promise.all(names.map((of) => value(`vish_check_value${of}`)))).toEqual(['0.02', undefined, '+Inf']);
  expect(await value(`vish_check_failures${names[0]}`)).toBe('1');
  caches.put('Deployment', web({ checks }));
  expect(await value(`vish_check_value${names[0]}`)).toBeUndefined();
});

it('holds its series: 1,000 Deployments in as many environments cost gauges of their own and nothing else', async () => {
  watch().begin();
  const many = Array.from({ length: 1000 }, (_, number) => [`web-${number}`, `environment-${number}`] as const);
  for (const [name, environment] of many) caches.put('Deployment', web(comes, name, environment));
  for (const [name, environment] of many) caches.put('Deployment', web(serves, name, environment));

  const page = await registry.metrics();
  const series = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const named = series.filter((line) => /name="web-\d+"/.test(line));
  const counted = series.filter((line) => line.startsWith('vish_releases_total') && line.includes('Live'));

  expect(named.length).toBe(1000 * 3);
  expect(series.length - named.length).toBeLessThan(700);
  expect(counted.length).toBe(17);
  expect(await value('vish_releases_total{outcome="Live",environment="other"}')).toBe('984');
});
