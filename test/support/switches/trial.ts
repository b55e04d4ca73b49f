import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { deployments } from '../../../src/objects/vish.ts';
import type { Clock } from '../../../src/seams/clock.ts';
import { ask, type Visitor, type Visits, visit } from '../../e2e/world/visitor.ts';
import type { Connected } from '../../harness/connect.ts';
import { until } from '../until.ts';
import { isReady, release } from './apps.ts';
import { seeded } from './seeded.ts';
import { type Ended, endedEarly, holdSockets } from './sockets.ts';
import { killAtRandom, type SwitchOptions, switchAtRandom } from './switches.ts';
import { lastMs, nameOfVisited, type Place, type Visited, visitedApp, visitedEnvironment, waysTo } from './visited.ts';
import { type Watched, watchKind } from './watched.ts';

export interface TrialOptions {
  readonly api: Connected;
  readonly clock: Clock;
  readonly place: Place;
  readonly apps: readonly Visited[];
  /** Releases in all, spread over the requests: a crowd that still asks when they are over says nothing of them. */
  readonly switches: number;
  readonly atOnce: number;
  /** Repeats the order of releases and the times of kills. */
  readonly seed: number;
  /** Requests each through the gateway and through Services. */
  readonly requests: number;
  /** Visitors of one habit at one address, and the pause of each between two requests. */
  readonly visitors: number;
  readonly everyMs: number;
  /** Ends the operator at once and starts it again, so many milliseconds after the last time, by chance between the two. */
  readonly kill: () => Promise<void>;
  readonly between: readonly [number, number];
  readonly onSwitched?: (app: string, version: number) => void;
}

export interface TrialFigures {
  readonly gateway: Visits;
  readonly service: Visits;
  readonly sockets: { readonly ended: number; readonly early: readonly Ended[]; readonly failed: readonly string[] };
  readonly kills: number;
}

const readyMs = 180_000;
const crowdMs = 60 * 60_000;

/** People who use apps in every way that may never fail, while releases take turns and the operator dies. */
export async function tryOut(options: TrialOptions): Promise<TrialFigures> {
  const { api, clock, place, apps, seed } = options;
  const watched = await watchKind(deployments, { api, clock, namespace: place.namespace });
  const ways = await Promise.all(apps.map((app) => begin(app, options, watched)));
  const manner = { clock, everyMs: options.everyMs };
  const copies = (visitors: readonly Visitor[]) => Array.from({ length: options.visitors }, () => visitors).flat();
  const gateway = visit(copies(ways.flatMap((way) => way.gateway)), manner);
  const service = visit(copies(ways.flatMap((way) => way.service)), manner);
  const sockets = holdSockets(
    ways.flatMap((way) => way.sockets),
    clock,
  );
  const killing = killAtRandom({ ...options, random: seeded(seed + 1) });
  const hasAsked = (share: number) => () => Math.min(gateway.count, service.count) >= share * options.requests;
  const asked = (share: number) =>
    until(hasAsked(share), { deadlineMs: crowdMs, everyMs: 250, describe: `${share} of ${options.requests} requests` });
  const pace = (begun: number) => asked(begun / options.switches);
  try {
    await switchAll({ ...options, pace }, watched);
    await asked(1);
  } finally {
    // Whatever went wrong: people who nobody sends home would ask for ever.
    await Promise.all([killing.leave(), gateway.leave(), service.leave(), sockets.leave()]);
  }
  const held = await sockets.leave();
  await watched.close();
  const early = endedEarly(held.ended, lastMs);
  return {
    gateway: await gateway.leave(),
    service: await service.leave(),
    sockets: { ended: held.ended.length, early, failed: held.failed },
    kills: await killing.leave(),
  };
}

/** Ready, and each address answers: the data plane is later than the API. */
async function begin(app: Visited, { api, place }: TrialOptions, watched: Watched<Deployment>) {
  await api.client.create(deployments, visitedApp(app, place));
  await watched.reached(nameOfVisited(app), isReady());
  const ways = await waysTo(app, api, place);
  // On a new connection each time: one from before the node knew the Service stays with whoever else answered there.
  for (const { habit: _, ...way } of [...ways.gateway, ...ways.service])
    await until(async () => (await ask(way)).ok, {
      deadlineMs: readyMs,
      everyMs: 200,
      describe: JSON.stringify(way),
    });
  return ways;
}

async function switchAll(
  options: TrialOptions & Pick<SwitchOptions, 'pace'>,
  watched: Watched<Deployment>,
): Promise<void> {
  const { api, place, apps, switches, seed } = options;
  const named = new Map(apps.map((app) => [nameOfVisited(app), app]));
  await switchAtRandom({
    ...options,
    apps: [...named.keys()],
    count: switches,
    random: seeded(seed),
    async release(name, version) {
      const visited = named.get(name);
      if (visited === undefined) return;
      const key = { namespace: place.namespace, name };
      const { metadata } = await release(api, key, visitedEnvironment(visited, version));
      await watched.reached(name, isReady(metadata.generation));
    },
  });
}
