import { request } from 'undici';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { Project } from '../../src/crds/project/project.ts';
import { leases } from '../../src/kube/leader/lease.ts';
import { pods } from '../../src/objects/core.ts';
import { projects } from '../../src/objects/vish.ts';
import { killProcessesOf } from '../harness/operator/pod-processes.ts';
import { until } from '../support/until.ts';
import { type App, appIn } from './world/app.ts';
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
  const isUnderWay = async () =>
    (await buildsOf(commit)).some(({ status }) => status?.stages?.some(({ name }) => name === 'Build') === true);
  await until(isUnderWay, { deadlineMs: 60_000, everyMs: 50 });

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

async function killLeader(): Promise<{ killed: string; next: string }> {
  const holder = async () => {
    const { spec } = await world.api.client.get(leases, { namespace: systemNamespace, name: 'vish' });
    return spec?.holderIdentity?.split('_')[0] ?? '';
  };
  const killed = await holder();
  const { metadata } = await world.api.client.get(pods, { namespace: systemNamespace, name: killed });
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
