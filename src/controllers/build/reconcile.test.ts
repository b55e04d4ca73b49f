import { expect, it, vi } from 'vitest';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import type { Build } from '../../crds/build/build.ts';
import { type Project, project as projectKind } from '../../crds/project/project.ts';
import { SignatureError } from '../../images/signature/errors.ts';
import { KubeError } from '../../kube/errors/errors.ts';
import { type Informer, parseKey, StatusWriter, type Stored } from '../../kube/index.ts';
import { builds as buildResource } from '../../objects/vish.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { ownedConditions } from './act.ts';
import { Admissions } from './admissions.ts';
import type { BuildParts } from './parts.ts';
import { createReconcile } from './reconcile.ts';

const git = { url: 'https://git.test/shop.git' };
const project = {
  ...projectKind.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Project',
    metadata: { namespace: 'shop', name: 'shop' },
    spec: { source: { git }, image: { repository: 'registry.test/shop' }, builds: { maxConcurrent: 5 } },
  }),
  metadata: { namespace: 'shop', name: 'shop', uid: 'p', resourceVersion: '1' },
};

const aBuild = (name: string): Stored<Build> => ({
  apiVersion: 'vish.dev/v1alpha1',
  kind: 'Build',
  metadata: { namespace: 'shop', name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { projectRef: { name: 'shop' }, commit: 'c'.repeat(40) },
  status: { trust: 'Trusted' },
});

/** One place for all; the API server refuses every Job as soon as the test lets it answer. */
async function fullCluster(...names: string[]) {
  const check = vi.fn(async () => undefined as void);
  const client = new MemoryClient();
  for (const name of names) await client.create(buildResource, aBuild(name));
  const answers = Promise.withResolvers<never>();
  answers.promise.catch(() => undefined);
  const clock = new ManualClock();
  const stored = async () => (await client.list(buildResource, {})).items;
  let seen = await stored();
  const builds = informerOf<Build>(() => seen);
  const projects = informerOf<Project>(() => [project]);
  const driver = {
    busy: () => new Map(),
    observe: () => ({ state: 'Absent' }) as const,
    start: () => answers.promise,
  };
  const woken: string[] = [];
  const reconcile = createReconcile({
    builds,
    projects,
    driver,
    admissions: new Admissions({ builds, projects, driver, maxConcurrent: 1, cached: false }),
    status: new StatusWriter({ client, resource: buildResource, fieldManager: 'test', clock, ownedConditions }),
    clock,
    wrote: () => undefined,
    wake: (key: string) => woken.push(key),
    signer: { check },
    outbound: { pinForProgram: async () => ({ url: git.url, git: { args: [], env: {} } }) },
    options: { builderImage: 'b', maxCpu: '1', maxMemory: '1Gi', deadlineSeconds: 60, registries: [], outbound: rules },
  } as unknown as BuildParts);
  return {
    woken,
    check,
    stateOf: async (name: string) => (await stored()).find(({ metadata }) => metadata.name === name)?.status,
    look: (name: string) => reconcile(parseKey(`shop/${name}`), { signal: new AbortController().signal } as never),
    refuse: () => answers.reject(new KubeError({ code: 'Forbidden', attempted: 'create job', detail: 'quota' })),
    /** The cache catches up with what was written. */
    catchUp: async () => (seen = await stored()),
  };
}

const rules = { clusterRanges: [], apiServers: [], exceptions: [] };

function informerOf<T extends Build | Project>(list: () => Stored<T>[]): Informer<T> {
  const get = (key: string) => list().find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
  const { informer } = new ManualInformer<T>();
  return { ...informer, store: { get, list, byIndex: list, size: 0 } };
}

it('wakes who was told to wait for the place of one that could not start', async () => {
  const { look, refuse, woken } = await fullCluster('first', 'second');
  const starts = look('first');
  await look('second');

  refuse();
  await starts;

  expect(woken).toEqual(['shop/second']);
});

it('wakes nobody who cannot start either: they would wake each other without end', async () => {
  const { look, refuse, woken, catchUp } = await fullCluster('first', 'second');
  refuse();
  await look('first');
  await catchUp();
  woken.splice(0);

  await look('second');
  await catchUp();
  await look('first');

  expect(woken).toEqual([]);
});

it('builds nothing in vain where there is no key to sign it with, and leaves its place to others', async () => {
  const { look, check, woken, stateOf } = await fullCluster('first', 'second');
  check.mockImplementationOnce(async () => {
    await look('second');
    throw new SignatureError('SigningKeyUnusable', 'there is no Secret "signing"');
  });

  const result = await look('first');

  expect(result).toEqual({ requeueAfterMs: 60_000 });
  expect(woken).toEqual(['shop/second']);
  expect((await stateOf('first'))?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', reason: 'SigningKeyUnusable', message: 'there is no Secret "signing"' }),
  );
});
