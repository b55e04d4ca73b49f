import { deployments } from '../../src/objects/vish.ts';
import { sleep } from '../../src/seams/clock.ts';
import { createRequests, type Mark, type Requests } from '../../test/harness/requests/requests.ts';
import { type Tally, tally } from '../../test/harness/requests/tally.ts';
import { anApp, blueGreenAtOnce, environment, isReady, release } from '../../test/support/switches/apps.ts';
import { type HollowWorld, hold } from './hollow.ts';

/** What still follows when all is Ready belongs to the rollout too. */
const settleMs = 3000;
const reading: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** From a new Deployment until its second release is Ready and all is quiet. */
export async function requestsOfOne(world: HollowWorld): Promise<Tally> {
  const { api, namespace, watched, clock } = world;
  const name = `counted-${clock.now().toString(36)}`;
  const { requests, from } = await begin(world);
  await api.client.create(deployments, anApp({ namespace, name, strategy: blueGreenAtOnce }));
  await watched.reached(name, isReady());
  await sleep(clock, settleMs);
  const { metadata } = await release(api, { namespace, name }, environment(1));
  await watched.reached(name, isReady(metadata.generation));
  await sleep(clock, settleMs);
  const counted = await ofOperator(requests, from);
  await api.client.delete(deployments, { namespace, name });
  return counted;
}

/** Requests that change something, while nothing changes. */
export async function idleWrites(world: HollowWorld, { count, idleMs }: { count: number; idleMs: number }) {
  await hold(world, count);
  await sleep(world.clock, settleMs * 3);
  const { requests, from } = await begin(world);
  await sleep(world.clock, idleMs);
  const { calls } = await ofOperator(requests, from);
  return calls.filter(({ verb }) => !reading.has(verb));
}

async function begin({ server, api }: HollowWorld): Promise<{ requests: Requests; from: Mark }> {
  const requests = createRequests({ auditLog: server.auditLog, client: api.client });
  return { requests, from: await requests.mark() };
}

/** The same administrator asks for us and for the operator; only it calls itself so. */
async function ofOperator(requests: Requests, from: Mark): Promise<Tally> {
  const { entries } = await requests.since(from, { user: 'admin' });
  return tally(entries.filter(({ userAgent }) => userAgent.startsWith('vish/')));
}
