import { request } from 'undici';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { Project } from '../../src/crds/project/project.ts';
import { leases } from '../../src/kube/leader/lease.ts';
import { pods } from '../../src/objects/core.ts';
import { annotations } from '../../src/objects/labels.ts';
import { projects } from '../../src/objects/vish.ts';
import { systemClock } from '../../src/seams/system.ts';
import { killProcessesOf } from '../harness/operator/pod-processes.ts';
import { tryOut } from '../support/switches/trial.ts';
import type { Visited } from '../support/switches/visited.ts';
import { until } from '../support/until.ts';
import { type App, appIn } from './world/app.ts';
import { switchOffAndOn } from './world/disasters.ts';
import { systemNamespace } from './world/places.ts';
import { sample, slow } from './world/sample.ts';
import { endWorld } from './world/verdict.ts';
import { visit } from './world/visitor.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;
let app: App;

beforeAll(async () => {
  world = await startWorld('e2e-leader');
  app = appIn(world, { name: 'lasting', replicas: 3, strategy: { minReadySeconds: 2 } });
  const commit = await world.repository.commit({ files: await sample('version 1') });
  await world.api.client.apply(projects, app.project as Project);
  await app.untilLive(commit);
  await app.untilSays('version 1');
});
afterAll(() => endWorld(world, { operatorMayRestart: true }));

it('the leader dies while an image is built, and the next one ends what it began', async () => {
  const commit = await app.push(await slow('version 2', 5));
  await app.untilBuilding(commit);

  const { killed, next } = await killLeader();
  await app.untilLive(commit);

  expect(next).not.toBe(killed);
  await expectOnce(commit);
  await app.untilSays('version 2');
});

it('the leader dies in the middle of a rollout, nobody notices, and the next one ends it', async () => {
  const visitor = visit([app.gateway]);
  const commit = await app.push(await sample('version 3'));
  await app.until(({ status }) => status?.rollout !== undefined && (status.next?.ready ?? 0) > 0);

  const { killed, next } = await killLeader();
  const live = await app.untilLive(commit);

  expect(next).not.toBe(killed);
  expect(live.status).toMatchObject({ live: { replicas: 3, ready: 3 } });
  await expectOnce(commit);
  await app.untilSays('version 3');
  expect((await visitor.leave()).failed).toEqual([]);
});

const visited: readonly Visited[] = [
  { strategy: 'Rolling', stops: 'drains', routed: true },
  { strategy: 'BlueGreen', stops: 'at once', routed: true },
  { strategy: 'Canary', stops: 'at once', routed: true },
  { strategy: 'BlueGreen', stops: 'drains', routed: false },
];

/* The short form of `npm run bench -- rollout --rows 1`. */
it('no request fails and no WebSocket ends early while releases take turns and the leader dies', async () => {
  const { registry, gateway } = inject('node');
  const seed = systemClock.now() % 1_000_000;
  console.log(`order of releases and kills by seed ${seed}`);
  const figures = await tryOut({
    api: world.api,
    clock: systemClock,
    place: { namespace: world.namespace, image: `${registry}/library/node:24-slim`, gateway },
    apps: visited,
    switches: 8,
    atOnce: 4,
    seed,
    requests: 1000,
    visitors: 1,
    everyMs: 40,
    between: [3000, 8000],
    kill: async () => void (await killLeader()),
  });

  expect([...figures.gateway.failed, ...figures.service.failed]).toEqual([]);
  expect(figures.sockets).toMatchObject({ early: [], failed: [] });
  expect(figures.sockets.ended).toBeGreaterThan(0);
  expect(figures.kills).toBeGreaterThan(0);
});

it('the whole cluster is switched off in the middle of a build and of a rollout, and both go on when it is back', async () => {
  const beside = await world.neighbour('e2e-leader-beside');
  const built = appIn(beside, { name: 'built' });
  const commit = await beside.repository.commit({ files: await slow('version 1', 10) });
  await world.api.client.apply(projects, built.project as Project);
  await built.untilBuilding(commit);
  const { status } = await app.read();
  const release = (status?.live?.release ?? 0) + 1;
  await app.annotate({ [annotations.restart]: 'now' });
  await app.until(({ status: now }) => now?.rollout?.release === release && (now.next?.replicas ?? 0) > 0);

  await switchOffAndOn();
  const live = await app.until(({ status: now }) => now?.state === 'Ready' && now.live?.release === release, 150_000);
  await built.untilLive(commit, 150_000);

  expect(live.status?.live).toMatchObject({ replicas: 3, ready: 3 });
  expect(live.status?.history?.[0]).toMatchObject({ number: release, outcome: 'Live' });
  expect((await built.builds()).map(({ status: now }) => now?.state)).toEqual(['Succeeded']);
  expect((await built.read()).status?.history).toMatchObject([{ number: 1, commit, outcome: 'Live' }]);
  await Promise.all([app.untilSays('version'), built.untilSays('version')]);
}, 600_000);

/** The next one is another process: kubelet starts the killed one again, and that may be the first to ask for the Lease. */
async function killLeader(): Promise<{ killed: string; next: string }> {
  const holder = async () => {
    const { spec } = await world.api.client.get(leases, { namespace: systemNamespace, name: 'vish' });
    return spec?.holderIdentity ?? '';
  };
  const killed = await holder();
  const [name = ''] = killed.split('_');
  const { metadata } = await world.api.client.get(pods, { namespace: systemNamespace, name });
  expect(await killProcessesOf(metadata.uid)).toBeGreaterThan(0);
  await until(async () => (await holder()) !== killed, { deadlineMs: 40_000, everyMs: 200 });
  return { killed, next: await holder() };
}

const buildsOf = async (commit: string) => (await app.builds()).filter(({ spec }) => spec.commit === commit);

/** One Build, one attempt, one release, and the registry has the one image under the commit. */
async function expectOnce(commit: string): Promise<void> {
  const built = await buildsOf(commit);
  expect(built.map(({ status }) => [status?.state, status?.attempt])).toEqual([['Succeeded', 1]]);
  const { status } = await app.read();
  expect(status?.history?.filter((record) => record.commit === commit)).toHaveLength(1);
  const url = `http://${inject('node').registry}/v2/e2e/${world.namespace}/lasting/tags/list`;
  const { tags } = z.object({ tags: z.array(z.string()) }).parse(await (await request(url)).body.json());
  expect(tags.filter((tag) => tag.includes(commit.slice(0, 7)))).toHaveLength(1);
}
