import { request } from 'undici';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import { services } from '../../src/objects/core.ts';
import { annotations } from '../../src/objects/labels.ts';
import { deployments } from '../../src/objects/vish.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { endOf, entriesSince } from '../../test/harness/requests/audit-log.ts';
import { anApp, environment, isReady, release } from '../../test/support/switches/apps.ts';
import { type Watched, watchKind } from '../../test/support/switches/watched.ts';
import { percentile } from '../runtime/delays.ts';
import { delaysOfDecisions } from './decisions.ts';
import type { NodeWorld } from './node.ts';
import { setProxyPeriod } from './proxy.ts';
import { smallCluster, smallImage, smallWorkload } from './small.ts';

export type Way = keyof typeof ways;

const previous = { warm: 'Full', warmSeconds: 86_400 } as const;
const gateway = (name: string) => ({
  gateway: { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: [`${name}.localhost`] },
});

const byService = {
  strategy: { type: 'BlueGreen', blueGreen: { previous } },
  moves: 'services',
  routed: false,
  decide: annotations.abort,
} as const;

/** What moves the traffic, who says so in the audit log, and how a person decides: to abort needs a warm release. */
const ways = {
  'blue-service': byService,
  // As often as the gateway here takes changes in.
  'blue-service-prompt': { ...byService, proxyPeriod: '100ms' },
  'blue-gateway': {
    strategy: { type: 'BlueGreen', blueGreen: { previous } },
    moves: 'httproutes',
    routed: true,
    decide: annotations.abort,
  },
  'canary-gateway': {
    strategy: { type: 'Canary', canary: { steps: [{ weight: 50 }], previous } },
    moves: 'httproutes',
    routed: true,
    decide: annotations.abort,
  },
  'rolling-service': {
    strategy: { type: 'Rolling' },
    moves: 'replicasets',
    routed: false,
    decide: annotations.rollback,
  },
} as const;

export interface WayBackFigures {
  /** Milliseconds from the decision, p99: until the write, and until the last request that the left release answered. */
  readonly written: number;
  readonly served: number;
}

const apps = 10;
/** Whoever still gets an answer of the release that was left gets it within this time, or it is a finding. */
const listenMs = 1500;

/** Ten apps get a release at once, and go back one after the other; so many times. */
export async function measureWayBack(world: NodeWorld, way: Way, rounds: number): Promise<WayBackFigures> {
  const { api, namespace } = world;
  const names = Array.from({ length: apps }, (_, index) => `${way}-${index}`);
  const settings = ways[way];
  const restoreProxy = 'proxyPeriod' in settings ? await setProxyPeriod(settings.proxyPeriod) : undefined;
  const watched = await watchKind(deployments, world);
  const image = await world.image(...smallImage);
  const { strategy, routed, moves } = settings;
  await inParallel(names, async (name) => {
    const cluster = { ...smallCluster, ...(routed && gateway(name)) };
    await api.client.create(deployments, anApp({ namespace, name, strategy, workload: smallWorkload, cluster, image }));
    await watched.reached(name, isReady());
  });
  const from = await endOf(world.auditLog);
  const served: number[] = [];
  for (let version = 1; version <= rounds; version++) {
    await inParallel(names, async (name) => {
      const { metadata } = await release(api, { namespace, name }, environment(version));
      await watched.reached(name, isReady(metadata.generation));
    });
    for (const name of names) served.push(await goBack(world, watched, { name, way, version }));
  }
  const entries = await entriesSince(world.auditLog, from);
  await watched.close();
  await restoreProxy?.();
  await inParallel(names, (name) => api.client.delete(deployments, { namespace, name }));
  const written = names.flatMap((name) => delaysOfDecisions(entries, { name, moves }));
  if (written.length !== served.length)
    throw new Error(`${way}: ${written.length} of ${served.length} ways back were written`);
  return { written: percentile(written, 0.99), served: percentile(served, 0.99) };
}

/** Milliseconds from the decision until the last request that the release was still given. */
async function goBack(
  world: NodeWorld,
  watched: Watched<Deployment>,
  { name, way, version }: { name: string; way: Way; version: number },
): Promise<number> {
  const { api, namespace, clock } = world;
  const { routed, decide } = ways[way];
  const left = watched.list().find(({ metadata }) => metadata.name === name)?.status?.live?.release ?? 0;
  const asking = ask(await addressOf(world, name, routed), clock);
  const at = clock.monotonic();
  // To abort names the release that is left, to roll back the one before it.
  const value = String(decide === annotations.abort ? left : left - 1);
  const decision = { metadata: { annotations: { [decide]: value } } };
  await api.client.patch(deployments, { namespace, name }, decision, { type: 'merge' });
  await watched.reached(name, ({ status }) => status?.live?.release !== left && status?.rollout === undefined);
  await sleep(clock, listenMs);
  const answers = await asking.leave();
  const last = answers.findLast((answer) => answer.at >= at && answer.version === version);
  return last === undefined ? 0 : last.at - at;
}

function inParallel(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<unknown> {
  return Promise.all(names.map(work));
}

interface Answer {
  /** When it was asked for. */
  readonly at: number;
  readonly version: number;
}

async function addressOf({ api, namespace, gateway }: NodeWorld, name: string, routed: boolean) {
  if (routed) return { url: gateway, host: `${name}.localhost` };
  const { spec } = await api.client.get(services, { namespace, name });
  return { url: `http://${spec?.clusterIP}:8080`, host: name };
}

/** One after the other, each on a connection of its own. */
function ask({ url, host }: { url: string; host: string }, clock: Clock) {
  const answers: Answer[] = [];
  const leaving = new AbortController();
  const asking = (async () => {
    while (!leaving.signal.aborted) {
      const at = clock.monotonic();
      const answer = await request(url, { headers: { host }, reset: true, signal: AbortSignal.timeout(5000) });
      const [, version] = /^version (\d+)/.exec(await answer.body.text()) ?? [];
      answers.push({ at, version: Number(version) });
      await sleep(clock, 5);
    }
  })();
  return {
    async leave() {
      leaving.abort();
      await asking;
      return answers;
    },
  };
}
