import { expect, it } from 'vitest';
import { isRefusal, type KubeObject, type Resource } from '../../../kube/index.ts';
import type { Job } from '../../../objects/workloads.ts';
import type { BuildPlan } from '../driver.ts';
import { createJobDriver } from './create-driver.ts';

const limits = { packMegabytes: 1, megabytes: 1, fileMegabytes: 1, files: 1, seconds: 1 };
const plan: BuildPlan = {
  uid: 'u',
  attempt: 1,
  build: { namespace: 'shop', name: 'web-1' },
  projectUid: 'p',
  trust: 'Untrusted',
  clone: { url: 'https://git.test/a.git', gitArgs: [], gitEnv: {}, commit: 'a'.repeat(40), limits },
  image: {
    path: '.',
    args: [],
    platforms: [],
    labels: {},
    registries: [],
    cacheMegabytes: 1,
    attestations: { provenance: false },
  },
  push: { repository: 'r.test/a', tag: 'a', outbound: { clusterRanges: [], apiServers: [], exceptions: [] } },
  credentials: {},
  resources: {},
  deadlineSeconds: 60,
};
const options = {
  namespace: 'builds',
  pullSecrets: [],
  memory: '1Gi',
  cpu: '1',
  storage: '1Gi',
  registries: [],
  keepSeconds: 60,
};
const { signal } = new AbortController();

/** A cluster that keeps the field of pods for user namespaces, or takes it out as one does that has none. */
function aCluster(hasUserNamespaces: boolean) {
  const asked: string[] = [];
  const create = async ({ kind }: Resource, object: KubeObject, { dryRun = false } = {}) => {
    asked.push(dryRun ? `try ${kind}` : kind);
    const made = structuredClone(object) as Job;
    if (!hasUserNamespaces) delete made.spec?.template.spec?.hostUsers;
    return made;
  };
  const seen = Object.fromEntries(
    ['jobs', 'pods', 'secrets', 'claims'].map((name) => [name, { store: { get: () => undefined } }]),
  );
  const driver = createJobDriver({ client: { create }, seen, options, wrote: () => undefined } as never);
  return { driver, asked };
}

it('asks once whether the cluster gives pods a user namespace', async () => {
  const { driver, asked } = aCluster(true);
  await driver.start(plan, signal);
  await driver.start({ ...plan, attempt: 2 }, signal);

  expect(asked).toEqual(['try Job', 'Job', 'Job']);
});

it('builds nothing where the root of a build would be root of the node', async () => {
  const { driver, asked } = aCluster(false);
  const refused = await driver.start(plan, signal).catch((error: unknown) => error);

  expect(isRefusal(refused)).toBe(true);
  expect(String(refused)).toMatch(/user namespace.*UserNamespacesSupport/);
  expect(asked).toEqual(['try Job']);
});
