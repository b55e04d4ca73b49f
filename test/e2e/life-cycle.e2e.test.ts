import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Project } from '../../src/crds/project/project.ts';
import { pods } from '../../src/objects/core.ts';
import { projects } from '../../src/objects/vish.ts';
import type { Mark } from '../harness/requests/requests.ts';
import { type App, appIn, liveCommit } from './world/app.ts';
import { sample } from './world/sample.ts';
import { endWorld } from './world/verdict.ts';
import { visit } from './world/visitor.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;
let app: App;
let reinstalled: Mark | undefined;

beforeAll(async () => {
  world = await startWorld('e2e-life-cycle');
  app = appIn(world, { name: 'staying', replicas: 2, strategy: { minReadySeconds: 2 } });
  const commit = await world.repository.commit({ files: await sample('version 1') });
  await world.api.client.apply(projects, app.project as Project);
  await app.untilLive(commit);
  await app.untilSays('version 1');
});
afterAll(() => endWorld(world, reinstalled && { allowedSince: reinstalled }));

it('the operator is upgraded in the middle of a rollout, and set back after it: nobody notices', async () => {
  const visitor = visit([app.gateway, await app.service()]);
  const commit = await app.push(await sample('version 2'));
  await app.until(({ status }) => status?.rollout !== undefined && (status.next?.ready ?? 0) > 0);

  await world.operator.upgrade({ podAnnotations: { 'example.com/upgraded': 'once' } });
  const live = await app.untilLive(commit);
  await app.untilSays('version 2');
  await world.operator.rollBack();

  expect(live.status?.history?.map((release) => release.outcome)).toEqual(['Live', 'Superseded']);
  expect((await visitor.leave()).failed).toEqual([]);
});

it('without the operator everything stays and serves, and a new one goes on', async () => {
  const { requests, start, user } = world;
  (await requests.since(start, { user })).expectNoneDenied();
  const visitor = visit([app.gateway, await app.service()]);
  const before = await replicas();
  const served = liveCommit(await app.read());

  await world.operator.uninstall();
  const commit = await app.push(await sample('version 3'));
  expect(await replicas()).toEqual(before);
  expect(liveCommit(await app.read())).toBe(served);
  reinstalled = await requests.mark();
  await world.operator.install();
  const live = await app.untilLive(commit);
  await app.untilSays('version 3');

  expect(live.status?.history?.map((release) => release.number)).toEqual([3, 2, 1]);
  expect((await visitor.leave()).failed).toEqual([]);
});

/** Each with the count of its restarts. */
async function replicas(): Promise<string[]> {
  const { items } = await world.api.client.list(pods, { namespace: world.namespace });
  return items
    .map(({ metadata, status }) => `${metadata.uid} ${status?.containerStatuses?.[0]?.restartCount}`)
    .toSorted();
}
