import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Project } from '../../src/crds/project/project.ts';
import { projects } from '../../src/objects/vish.ts';
import { type App, appIn, liveCommit } from './world/app.ts';
import { sample } from './world/sample.ts';
import { endWorld } from './world/verdict.ts';
import { visit } from './world/visitor.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;
let app: App;

beforeAll(async () => {
  world = await startWorld('e2e-skeleton', { networkPolicy: true });
  app = appIn(world, { name: 'shop', replicas: 2 });
});
afterAll(() => endWorld(world));

it('a Project is applied, and its app is built, pushed, rolled out and answers', async () => {
  const commit = await world.repository.commit({ files: await sample('version 1') });

  await world.api.client.apply(projects, app.project as Project);
  await world.kubectl('wait', '--for=create', `deployments.vish/${app.name}`, '--timeout=30s');
  await world.kubectl('wait', '--for=condition=Ready', `deployments.vish/${app.name}`, '--timeout=120s');
  const deployment = await app.read();

  expect(liveCommit(deployment)).toBe(commit);
  expect(deployment.status).toMatchObject({ state: 'Ready', live: { release: 1, ready: 2, weight: 100 } });
  await app.untilSays('version 1');
  await app.untilSays('version 1', await app.service());
});

it('a commit goes live without a failed request, and the operator asks for at most 40 things', async () => {
  const visitor = visit([app.gateway, await app.service()]);
  const from = await world.requests.mark();

  const commit = await app.push(await sample('version 2'));
  await app.untilLive(commit);
  const counted = await world.requests.since(from, { user: world.user });
  await app.untilSays('version 2');
  const visits = await visitor.leave();

  console.log(`requests of the operator for one commit\n${counted.table()}`);
  expect(visits.failed).toEqual([]);
  expect(visits.count).toBeGreaterThan(50);
  expect(counted.total).toBeLessThanOrEqual(40);
  await app.untilSays('version 2', await app.service());
});

it('tells people in kubectl what is there and what happened', async () => {
  const [head = '', line = ''] = (await world.kubectl('get', 'deployments.vish', app.name)).split('\n');
  const wide = await world.kubectl('get', 'deployments.vish', app.name, '-o=wide');
  const described = await world.kubectl('describe', 'vd', app.name);

  expect(head.split(/\s+/).filter(Boolean)).toEqual([
    'NAME',
    'READY',
    'STATE',
    'STRATEGY',
    'STEP',
    'WEIGHT',
    'URL',
    'AGE',
  ]);
  expect(line).toMatch(/^shop-live\s+True\s+Ready\s+Rolling\s+.*http:\/\/shop\.localhost/);
  expect(wide).toMatch(/ReleaseLive\s+2\s+2/);
  const events = described.split('Events:')[1] ?? '';
  for (const release of [1, 2]) {
    expect(events).toMatch(new RegExp(`RollingOut .*Release ${release} is on its way`));
    expect(events).toMatch(new RegExp(`ReleaseLive .*Release ${release} serves all traffic`));
  }
});
