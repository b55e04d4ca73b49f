import { deployments } from '../../src/objects/vish.ts';
import { sleep } from '../../src/seams/clock.ts';
import { type Visits, visit } from '../../test/e2e/world/visitor.ts';
import { isReady, release } from '../../test/support/switches/apps.ts';
import { type TrialFigures, tryOut } from '../../test/support/switches/trial.ts';
import {
  nameOfVisited,
  type Place,
  type Visited,
  visitedApp,
  visitedEnvironment,
  waysTo,
} from '../../test/support/switches/visited.ts';
import { watchKind } from '../../test/support/switches/watched.ts';
import { until } from '../../test/support/until.ts';
import type { NodeWorld } from './node.ts';
import { startShipped } from './operator.ts';

/** Every strategy that moves traffic, with every way of ending, by a route and by a Service alone. */
const apps: readonly Visited[] = (['Rolling', 'BlueGreen', 'Canary'] as const).flatMap((strategy) =>
  (['drains', 'at once'] as const).flatMap((stops) => [true, false].map((routed) => ({ strategy, stops, routed }))),
);

const image = ['library/node', '24-slim'] as const;

async function placeOf({ namespace, gateway, image: find }: NodeWorld): Promise<Place> {
  return { namespace, gateway, image: await find(...image) };
}

export interface TrafficOptions {
  readonly requests: number;
  readonly switches: number;
  readonly seed: number;
}

export async function switchUnderTraffic(world: NodeWorld, options: TrafficOptions): Promise<TrialFigures> {
  const { api, clock } = world;
  const place = await placeOf(world);
  try {
    return await tryOut({
      ...options,
      api,
      clock,
      place,
      apps,
      atOnce: 2,
      visitors: 2,
      everyMs: 20,
      between: [3000, 20_000],
      async kill() {
        await world.operator.kill();
        world.operator = await startShipped(world.kubeconfig);
      },
      onSwitched: (app, version) => console.log(`  ${app} serves version ${version}`),
    });
  } finally {
    for (const app of apps) await remove(world, app);
  }
}

export interface OutageFigures {
  /** From the first request without an answer to the last one. */
  readonly seconds: number;
  /** Without an answer while nothing changed. */
  readonly failedBefore: number;
  readonly failedAfter: number;
}

const calmMs = 5000;
const outage: Visited = { strategy: 'Recreate', stops: 'drains', routed: false };

/** What Recreate costs those who ask meanwhile. */
export async function measureOutage(world: NodeWorld): Promise<OutageFigures> {
  const { api, clock } = world;
  const place = await placeOf(world);
  const name = nameOfVisited(outage);
  const watched = await watchKind(deployments, world);
  await api.client.create(deployments, visitedApp(outage, place));
  await watched.reached(name, isReady());
  const { service } = await waysTo(outage, api, place);
  const address = service.find(({ habit }) => habit === 'new');
  if (address === undefined) throw new Error(`${name} has no Service`);
  const answers = async (during: () => Promise<unknown>): Promise<Visits> => {
    const visits = visit([address], { clock, everyMs: 10 });
    await during();
    return visits.leave();
  };
  await until(async () => (await answers(() => sleep(clock, 100))).failed.length === 0);
  const before = await answers(() => sleep(clock, calmMs));
  const meanwhile = await answers(async () => {
    const { metadata } = await release(api, { namespace: place.namespace, name }, visitedEnvironment(outage, 1));
    await watched.reached(name, isReady(metadata.generation));
  });
  const after = await answers(() => sleep(clock, calmMs));
  await watched.close();
  await remove(world, outage);
  const times = meanwhile.failed.map((line) => Date.parse(line.split(' ')[0] ?? ''));
  const seconds = times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1000;
  return { seconds, failedBefore: before.failed.length, failedAfter: after.failed.length };
}

async function remove({ api, namespace }: NodeWorld, app: Visited): Promise<void> {
  await api.client.delete(deployments, { namespace, name: nameOfVisited(app) }).catch(() => undefined);
}
