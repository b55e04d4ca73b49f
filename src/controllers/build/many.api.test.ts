import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { playBuildPod, results } from '../../../test/support/build-pods.ts';
import { buildWorld } from '../../../test/support/build-world.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../../test/support/kinds/cluster.ts';
import { until } from '../../../test/support/until.ts';
import type { Build } from '../../crds/build/build.ts';
import { builds } from '../../objects/vish.ts';
import { jobs } from '../../objects/workloads.ts';

const namespace = 'build-many';
const url = 'http://127.0.0.1:9/shop.git';
const many = 50;
const cap = 3;

let kinds: TestCluster;
let world: Awaited<ReturnType<typeof buildWorld>>;

beforeAll(async () => {
  kinds = await testCluster(`${namespace}-kinds`);
  world = await buildWorld({
    kubeconfig: inject('kubeconfig'),
    namespace,
    project: { url, repository: 'registry.test/shop', spec: { builds: { maxConcurrent: cap } } },
    exceptions: [{ cidr: '127.0.0.1', port: 9, http: true }],
    builds: { maxConcurrent: cap },
  });
});

afterAll(async () => {
  await world.close();
  await removeNamespace(kinds);
});

const isOver = ({ status }: Build) => status?.finishedAt !== undefined;
const runs = (build: Build) => build.status?.startedAt !== undefined && !isOver(build);
const all = async () => (await world.client.list(builds, { namespace })).items;

it('builds fifty at once, three at a time, each once, for few requests', { timeout: 240_000 }, async () => {
  await Promise.all(Array.from({ length: many }, (_, index) => world.build(String(index + 1).padStart(40, '0'))));
  const played = new Set<string>();
  let atOnce = 0;
  const playWhatRuns = async () => {
    const known = await all();
    const running = known.filter(runs);
    atOnce = Math.max(atOnce, running.length);
    for (const { metadata } of running.filter(({ metadata }) => !played.has(metadata.uid))) {
      played.add(metadata.uid);
      await playBuildPod(world.client, { namespace: world.buildNamespace, uid: metadata.uid }, Object.values(results));
    }
    return known.every(isOver);
  };
  await until(playWhatRuns, { deadlineMs: 200_000, describe: () => `${played.size} of ${many} played` });
  const made = await world.client.list(jobs, { namespace: world.buildNamespace });
  const states = Map.groupBy(await all(), ({ status }) => status?.state ?? 'none');

  console.log(`${world.requests.length / many} requests a build`);
  expect([...states.entries()].map(([state, found]) => `${found.length} ${state}`)).toEqual([`${many} Succeeded`]);
  expect(atOnce).toBe(cap);
  expect(made.items).toHaveLength(many);
});
