import { expect, it } from 'vitest';
import { ManualInformer } from '../../../../test/support/manual-informer.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Project } from '../../../crds/project/project.ts';
import { type Informer, keyOf, type Stored } from '../../../kube/index.ts';
import { IndexedStore } from '../../../kube/store/indexed-store.ts';
import { Turns } from './turns.ts';

const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
const moving = {
  release: 2,
  phase: 'Advancing',
  startedAt: at(0),
  phaseStartedAt: at(0),
  deadline: at(10),
} as DeploymentStatus['rollout'];
const queued = (minute: number) => ({ release: 2, since: at(minute), position: 1 });
const says = (reason: string) =>
  ({ conditions: [{ type: 'Progressing', status: 'True', reason }] }) as DeploymentStatus;

function aDeployment(name: string, status: DeploymentStatus = {}, project?: string): Stored<Deployment> {
  const [namespace = '', own = ''] = name.split('/');
  const metadata = { namespace, name: own, uid: name, resourceVersion: '1' };
  const spec = { paused: false, ...(project === undefined ? {} : { projectRef: { name: project } }) };
  return { metadata, spec, status } as unknown as Stored<Deployment>;
}

/** With two places, and a Project `a/shop` that has one. */
function turnsOf(...known: Stored<Deployment>[]) {
  const store = new IndexedStore<Deployment>({
    onIndexError: (index, error) => {
      throw new Error(index, { cause: error });
    },
  });
  const informer: Informer<Deployment> = {
    ...new ManualInformer<Deployment>().informer,
    store,
    addIndex: (name, keys) => store.addIndex(name, keys),
  };
  const shop = { spec: { maxConcurrentRollouts: 1 } } as Stored<Project>;
  const projects = {
    get: (key: string) => (key === 'a/shop' ? shop : undefined),
    list: () => [],
    byIndex: () => [],
    size: 0,
  };
  const turns = new Turns({
    deployments: informer,
    projects: { store: projects },
    maxConcurrent: 2,
    now: () => new Date(at(59)),
  });
  for (const each of known) store.put(keyOf(each), each);
  return { turns, store };
}

it('lets as many begin as there are places, also before the caches show one of them', () => {
  const all = ['a/1', 'b/1', 'c/1', 'd/1'].map((name) => aDeployment(name));
  const { turns } = turnsOf(...all);

  expect(all.map((each) => turns.enter(each))).toEqual([0, 0, 1, 1]);
});

it('counts after a restart what the status says: there is no other memory of a place', () => {
  const { turns } = turnsOf(aDeployment('a/1', { rollout: moving }), aDeployment('b/1', { rollout: moving }));

  expect(turns.enter(aDeployment('c/1'))).toBe(1);
});

it('gives the place of one that is let in to nobody, until the next look at it shows what came of it', () => {
  const { turns, store } = turnsOf(aDeployment('a/1', { rollout: moving }), aDeployment('b/1'), aDeployment('c/1'));
  turns.enter(aDeployment('b/1'));
  const before = turns.enter(aDeployment('c/1'));
  store.put('b/1', aDeployment('b/1', { rollout: moving }));
  turns.settle(aDeployment('b/1'));

  expect([before, turns.enter(aDeployment('c/1'))]).toEqual([1, 1]);

  store.put('b/1', aDeployment('b/1'));
  turns.next();
  expect(turns.enter(aDeployment('c/1'))).toBe(0);
});

it('holds up no other Project for one that is at its own limit', () => {
  const { turns } = turnsOf(aDeployment('a/1', { rollout: moving }, 'shop'));

  expect(turns.enter(aDeployment('a/2', {}, 'shop'))).toBe(1);
  expect(turns.enter(aDeployment('a/3', {}, 'blog'))).toBe(0);
});

it('wakes who waits longest, but of each namespace in turn, and nobody who has something else to wait for', () => {
  const { turns } = turnsOf(
    aDeployment('a/1', { queued: queued(1), ...says('RolloutQueued') }),
    aDeployment('a/2', { queued: queued(2), ...says('RolloutQueued') }),
    aDeployment('b/1', { queued: queued(3), ...says('RolloutQueued') }),
    aDeployment('c/1', { queued: queued(0), ...says('ReleaseLive') }),
  );

  expect(turns.next()).toEqual(['a/1', 'b/1']);
});

it('gives the place of one that is being deleted to the next, however long its deletion takes', () => {
  const gone = aDeployment('a/1', { rollout: moving });
  const leaving = { ...gone, metadata: { ...gone.metadata, deletionTimestamp: at(1) } };
  const { turns } = turnsOf(leaving, aDeployment('b/1', { rollout: moving }));

  expect(turns.enter(aDeployment('c/1'))).toBe(0);
});
