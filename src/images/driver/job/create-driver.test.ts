import { expect, it } from 'vitest';
import { ManualInformer } from '../../../../test/support/manual-informer.ts';
import { recordingLogger } from '../../../../test/support/recording-logger.ts';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import type { Trust } from '../../../crds/build/status.ts';
import { type Informer, isRefusal, type KubeObject, type Resource, type Stored } from '../../../kube/index.ts';
import type { Job } from '../../../objects/workloads.ts';
import type { BuildPlan } from '../driver.ts';
import type { BuildNamespace } from './build-namespaces.ts';
import { createJobDriver } from './create-driver.ts';

const limits = { packMegabytes: 1, megabytes: 1, fileMegabytes: 1, files: 1, seconds: 1 };
const plan: BuildPlan = {
  uid: 'u',
  attempt: 1,
  build: { namespace: 'shop', name: 'web-1' },
  projectUid: 'p',
  trust: 'Untrusted',
  clone: { url: 'https://git.test/a.git', gitArgs: [], gitEnv: {}, commit: 'a'.repeat(40), limits },
  image: aBuildStepPlan(),
  push: { repository: 'r.test/a', tag: 'a', outbound: { clusterRanges: [], apiServers: [], exceptions: [] } },
  credentials: {},
  resources: {},
  deadlineSeconds: 60,
};
const options = {
  namespace: 'builds',
  untrustedNamespace: 'builds-untrusted',
  pullSecrets: [],
  memory: '1Gi',
  cpu: '1',
  storage: '1Gi',
  registries: [],
  processes: 1000,
  rootless: false,
  keepSeconds: 60,
};
const { signal } = new AbortController();

/** A cluster that keeps the field of pods for user namespaces, or takes it out as one does that has none. */
function aCluster({ hasUserNamespaces = true, rootless = false } = {}) {
  const asked: string[] = [];
  const made: Job[] = [];
  const log = recordingLogger();
  const create = async ({ kind }: Resource, object: KubeObject, { dryRun = false } = {}) => {
    asked.push(dryRun ? `try ${kind}` : kind);
    const job = structuredClone(object) as Job;
    if (!hasUserNamespaces) delete job.spec?.template.spec?.hostUsers;
    if (!dryRun) made.push(job);
    return job;
  };
  const parts = { client: { create }, seen: {}, options: { ...options, rootless }, wrote: () => undefined, log };
  return { driver: createJobDriver(parts as never), asked, made, log };
}

it('asks once whether the cluster gives pods a user namespace', async () => {
  const { driver, asked } = aCluster();
  await driver.start(plan, signal);
  await driver.start({ ...plan, attempt: 2 }, signal);

  expect(asked).toEqual(['try Job', 'Job', 'Job']);
});

it.each([
  ['the cluster has none', { hasUserNamespaces: false }, ['try Job'], /hostUsers.*UserNamespacesSupport/],
  ['the settings do without', { rootless: true }, [], /builds.rootless/],
])('builds nothing of a stranger without a user namespace, when %s', async (_when, cluster, requests, message) => {
  const { driver, asked } = aCluster(cluster);
  const refused = await driver.start(plan, signal).catch((error: unknown) => error);

  expect(isRefusal(refused)).toBe(true);
  expect(String(refused)).toMatch(message);
  expect(asked).toEqual(requests);
});

it.each([
  ['the cluster has none, and says so once', { hasUserNamespaces: false }, ['try Job', 'Job', 'Job'], 1],
  ['the settings do without', { rootless: true }, ['Job', 'Job'], 0],
])('builds what is trusted with a rootless BuildKit, when %s', async (_when, cluster, requests, warnings) => {
  const { driver, asked, made, log } = aCluster(cluster);
  const trusted: BuildPlan = { ...plan, trust: 'Trusted' };
  await driver.start(trusted, signal);
  await driver.start({ ...trusted, attempt: 2 }, signal);

  expect(asked).toEqual(requests);
  for (const job of made) {
    expect(job.spec?.template.spec?.hostUsers).toBeUndefined();
    expect(JSON.stringify(job)).not.toContain('privileged');
  }
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(warnings);
});

/** One namespace, in which lie the Job, the pod and the Secret of build `u` as if they were its. */
function aNamespace(name: string, isFull: boolean): BuildNamespace {
  const metadata = {
    namespace: name,
    name: 'build-u-1',
    uid: name,
    resourceVersion: '1',
    labels: { 'vish.dev/build-uid': `u in ${name}`, 'vish.dev/project-uid': 'p' },
  };
  const informer = <T extends KubeObject>(): Informer<T> => {
    const all = isFull ? [{ metadata } as unknown as Stored<T>] : [];
    const get = (key: string) => (key === `${name}/build-u-1` ? all[0] : undefined);
    return {
      ...new ManualInformer<T>().informer,
      store: { get, list: () => all, byIndex: () => all, size: all.length },
    };
  };
  return { name, jobs: informer(), pods: informer(), secrets: informer() };
}

function lyingIn(full: Trust) {
  const touched: string[] = [];
  const client = {
    delete: async ({ kind }: Resource, { namespace }: { namespace: string }) =>
      void touched.push(`delete ${kind} ${namespace}`),
    log: async (_: Resource, { namespace }: { namespace: string }) => {
      touched.push(`log ${namespace}`);
      return '';
    },
  };
  const seen = {
    Trusted: aNamespace('builds', full === 'Trusted'),
    Untrusted: aNamespace('builds-untrusted', full === 'Untrusted'),
    claims: new ManualInformer().informer,
  };
  return { driver: createJobDriver({ client, seen, options, wrote: () => undefined } as never), touched };
}

async function useAll({ driver }: ReturnType<typeof lyingIn>, trust: Trust): Promise<string> {
  const ref = { uid: 'u', trust, attempt: 1 };
  await driver.lastLines(ref, 'Build', signal);
  await driver.cancel(ref, signal);
  await driver.cleanUp(ref, signal);
  return driver.observe(ref).state;
}

it.each([
  ['Trusted', 'builds'],
  ['Untrusted', 'builds-untrusted'],
] as const)('watches, reads and ends a build that is %s in its namespace', async (trust, namespace) => {
  const place = lyingIn(trust);

  expect(await useAll(place, trust)).toBe('Running');
  expect(place.touched).toEqual([`log ${namespace}`, `delete Job ${namespace}`, `delete Secret ${namespace}`]);
});

it.each([
  ['Trusted', 'Untrusted'],
  ['Untrusted', 'Trusted'],
] as const)('takes nothing for that of a build that is %s where it lies with what is %s', async (trust, other) => {
  const place = lyingIn(other);

  expect(await useAll(place, trust)).toBe('Absent');
  expect(place.touched).toEqual([]);
});

it.each(['Trusted', 'Untrusted'] as const)(
  'counts what runs among the places that are taken when it is %s',
  (trust) => {
    const { driver } = lyingIn(trust);

    expect([...driver.busy()]).toEqual([[expect.stringMatching(/^u in builds/), { projectUid: 'p', trust }]]);
  },
);
