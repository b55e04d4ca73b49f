import { Registry } from 'prom-client';
import { beforeEach, expect, it } from 'vitest';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { fc } from '../../../test/support/properties.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import type { Build } from '../../crds/build/build.ts';
import type { Deletion } from '../../images/registry/delete-image.ts';
import { RegistryError } from '../../images/registry/errors.ts';
import type { Informer, KubeObject, Stored } from '../../kube/index.ts';
import { builds as buildResource } from '../../objects/vish.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { takeUp } from '../deployment/artifact/take-up.ts';
import { graceMs, type Policy } from './decide.ts';
import { RetentionMetrics } from './metrics.ts';
import { retentionRound, type Unused } from './round.ts';

const { signal } = new AbortController();
const digestOf = (n: number) => `sha256:${String(n).padStart(64, '0')}`;
const imageOf = (n: number) => `r.test/shop@${digestOf(n)}`;

/** Builds 0 to n-1 of one Project that keeps one; the caches show what the test lets them show. */
async function world(count: number, policy: Policy = 'Delete') {
  const client = new MemoryClient();
  const clock = new ManualClock();
  for (let n = 0; n < count; n += 1) await client.create(buildResource, aBuild(n));
  let seen = (await client.list(buildResource)).items;
  const running = new Map<string, { namespace: string; image: string }>();
  const deleted: string[] = [];
  const wish: Wish = { policy, checks: [] };
  const kept = new Map<string, readonly string[]>();
  const deletion = { answer: async (): Promise<Deletion> => 'deleted' };
  const registry = new Registry();
  const parts = {
    client,
    clock,
    log: recordingLogger(),
    metrics: new RetentionMetrics(registry),
    builds: informerOf(() => seen),
    projects: informerOf(() => [projectWith(wish)]),
    revisions: informerOf(() => []),
    deployments: informerOf(() => [...running.values()].map(aDeployment)),
    deleteImage: async ({ build, keep }: Pick<Unused, 'build' | 'keep'>) => {
      kept.set(build.status?.image ?? '', keep);
      deleted.push(build.status?.image ?? '');
      return deletion.answer();
    },
  } as unknown as Parameters<typeof retentionRound>[0];
  return {
    client,
    clock,
    running,
    deleted,
    kept,
    wish,
    deletion,
    catchUp: async () => void (seen = (await client.list(buildResource)).items),
    seen: () => seen,
    round: () => retentionRound(parts, signal),
    left: async () => (await client.list(buildResource)).items.map(({ metadata }) => metadata.name),
    count: async (name: string) => (await registry.getSingleMetric(name)?.get())?.values,
  };
}

type World = Awaited<ReturnType<typeof world>>;

function aBuild(n: number): Stored<Build> {
  const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'BuildSucceeded', message: '', lastTransitionTime: '' };
  return {
    metadata: { namespace: 'shop', name: `build-${n}`, uid: `uid-${n}`, resourceVersion: '1', creationTimestamp },
    status: { image: imageOf(n), digest: digestOf(n), conditions: [ready] },
  } as unknown as Stored<Build>;
}

interface Wish {
  policy: Policy;
  readonly checks: object[];
}

function projectWith({ policy: unused, checks }: Wish) {
  const image = { repository: 'r.test/shop', unused };
  const spec = { image, checks, builds: { historyLimit: 1 } };
  return { metadata: { namespace: 'shop', name: 'shop', uid: 'p' }, spec };
}

function aDeployment({ namespace, image }: { namespace: string; image: string }) {
  return { metadata: { namespace, name: 'web' }, spec: { source: {}, target: {} }, status: { history: [{ image }] } };
}

function informerOf(list: () => unknown[]): Informer<KubeObject> {
  const { informer } = new ManualInformer();
  const byIndex = (index: string) => (index === 'namespace' ? list().filter(isIn('shop')) : list());
  return { ...informer, store: { get: () => undefined, list, byIndex, size: 0 } } as unknown as Informer<KubeObject>;
}

const isIn = (namespace: string) => (object: unknown) => (object as KubeObject).metadata.namespace === namespace;

async function afterGrace({ round, catchUp, clock }: World): Promise<void> {
  await round();
  await catchUp();
  await clock.advance(graceMs);
  await round();
  await catchUp();
}

let here: World;
beforeEach(async () => {
  here = await world(4);
});

it('marks what nothing uses beyond the limit, and deletes it when the mark is old enough', async () => {
  await here.round();
  await here.catchUp();
  await here.round();
  expect(here.deleted).toEqual([]);

  await afterGrace(here);

  expect(here.deleted.toSorted()).toEqual([imageOf(0), imageOf(1), imageOf(2)]);
  expect(await here.left()).toEqual(['build-3']);
  expect(await here.count('vish_unused_images')).toMatchObject([{ value: 0 }]);
});

it('keeps what runs or can be gone back to, in whatever namespace', async () => {
  here.running.set('a', { namespace: 'shop', image: imageOf(0) });
  here.running.set('b', { namespace: 'elsewhere', image: `mirror.test/copy@${digestOf(1)}` });

  await afterGrace(here);

  expect(here.deleted).toEqual([imageOf(2)]);
});

it('tells of each image that is used in the same repository, because it may share parts', async () => {
  const used = (digit: string) => `sha256:${digit.repeat(64)}`;
  here.running.set('a', { namespace: 'elsewhere', image: `r.test/shop:v1@${used('a')}` });
  here.running.set('b', { namespace: 'elsewhere', image: `r.test/other@${used('b')}` });
  here.running.set('c', { namespace: 'elsewhere', image: 'no image at all@x' });

  await afterGrace(here);

  expect(here.kept.get(imageOf(0))?.toSorted()).toEqual([digestOf(3), used('a')]);
});

it('keeps the image that a check runs', async () => {
  here.wish.checks.push({ name: 'smoke', job: { command: ['true'], image: imageOf(0) } });

  await afterGrace(here);

  expect(here.deleted.toSorted()).toEqual([imageOf(1), imageOf(2)]);
});

it('takes the mark away from what is used again', async () => {
  await here.round();
  await here.catchUp();
  here.running.set('a', { namespace: 'elsewhere', image: imageOf(0) });
  await afterGrace(here);

  expect(here.deleted).not.toContain(imageOf(0));
  expect(here.seen().find(({ metadata }) => metadata.name === 'build-0')?.metadata.annotations).toEqual({});
});

it('only marks in a dry run, and touches nothing where images are kept', async () => {
  const dry = await world(3, 'DryRun');
  const keeping = await world(3, 'Keep');
  await afterGrace(dry);
  await afterGrace(keeping);

  expect(dry.deleted).toEqual([]);
  expect(await dry.count('vish_unused_images')).toMatchObject([{ value: 2 }]);
  expect(keeping.client.requests.filter((request) => request.startsWith('patch'))).toEqual([]);
});

it.each(['kept', 'unsupported', 'absent'] as const)('lets the Build go where its image is %s', async (answer) => {
  here.deletion.answer = async () => answer;
  await afterGrace(here);

  expect(await here.left()).toEqual(['build-3']);
});

it('stops at a registry that fails, and goes on in the next round', async () => {
  here.deletion.answer = async () => {
    throw new RegistryError('RegistryUnreachable', 'it is away');
  };
  await afterGrace(here);
  expect(here.deleted).toHaveLength(1);
  expect(await here.left()).toHaveLength(4);

  here.deletion.answer = async () => 'deleted';
  await afterGrace(here);

  expect(await here.left()).toEqual(['build-3']);
  expect(await here.count('vish_image_deletions_total')).toContainEqual({ labels: { outcome: 'Failed' }, value: 1 });
});

it('goes on behind images that the registry refuses to delete, however many they are', async () => {
  const many = await world(16);
  const locked = new Set(Array.from({ length: 12 }, (_, n) => imageOf(n)));
  many.deletion.answer = async () => {
    if (locked.has(many.deleted.at(-1) ?? '')) throw new RegistryError('PushDenied', 'it is locked');
    return 'deleted';
  };
  await afterGrace(many);
  await many.round();
  await many.catchUp();

  expect(await many.left()).toHaveLength(13);
});

it.each(['Keep', 'DryRun', 'Delete'] as const)(
  'forgets a Build whose image may be in pieces and is wanted again, without deleting more of it (%s)',
  async (policy) => {
    here.deletion.answer = async () => {
      throw new RegistryError('RegistryUnreachable', 'it went away in the middle');
    };
    await afterGrace(here);
    const [broken] = here.deleted.splice(0);
    here.wish.policy = policy;
    if (policy === 'Delete') here.running.set('a', { namespace: 'elsewhere', image: broken ?? '' });

    await here.round();

    expect(here.deleted).not.toContain(broken);
    expect(await here.left()).not.toContain(`build-${[0, 1, 2].find((n) => imageOf(n) === broken)}`);
  },
);

it('never deletes an image that a Deployment takes up, whatever comes in between and however late the caches are', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.constantFrom('round', 'catch up', 'wait').map((act) => ({ act, n: 0 })),
      fc.record({ act: fc.constantFrom('take', 'release', 'leave'), n: fc.integer({ min: 0, max: 2 }) }),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const given = await world(4);
      /** Taken up, and not yet in a release. A look ends within the time that a mark has to be old. */
      const taken = new Set<number>();
      const wronged: string[] = [];
      given.deletion.answer = async () => {
        const used = [...[...taken].map(imageOf), ...[...given.running.values()].map(({ image }) => image)];
        wronged.push(...used.filter((image) => given.deleted.includes(image)));
        return 'deleted';
      };
      for (const { act, n } of sequence) await apply(given, taken, { act, n });
      expect(wronged).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

async function apply(given: World, taken: Set<number>, { act, n }: { act: string; n: number }): Promise<void> {
  if (act === 'round') return given.round();
  if (act === 'catch up') return given.catchUp();
  if (act === 'release' && taken.delete(n)) given.running.set(`web-${n}`, { namespace: 'shop', image: imageOf(n) });
  if (act === 'leave') given.running.delete(`web-${n}`);
  if (act === 'wait') {
    for (const each of taken) await apply(given, taken, { act: 'release', n: each });
    await given.catchUp();
    await given.clock.advance(graceMs);
  }
  if (act === 'take') {
    const build = given.seen().find(({ metadata }) => metadata.name === `build-${n}`);
    const context = { client: given.client, wrote: () => undefined, deleted: () => undefined, signal } as never;
    const took = build && (await takeUp(context, build as never).catch(() => undefined));
    if (took !== undefined) taken.add(n);
  }
}
