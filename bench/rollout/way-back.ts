import { request } from 'undici';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { Stored } from '../../src/kube/client/client.ts';
import { services } from '../../src/objects/core.ts';
import { annotations } from '../../src/objects/labels.ts';
import { deployments } from '../../src/objects/vish.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { type AuditEntry, endOf, entriesSince } from '../../test/harness/requests/audit-log.ts';
import { anApp, environment, isReady, release } from '../../test/support/switches/apps.ts';
import { type Watched, watchKind } from '../../test/support/switches/watched.ts';
import { percentile } from '../runtime/delays.ts';
import { micros } from '../runtime/micros.ts';
import type { NodeWorld } from './node.ts';
import { smallCluster, smallImage, smallWorkload } from './small.ts';

export type Way = keyof typeof ways;

const previous = { warm: 'Full', warmSeconds: 86_400 } as const;
const gateway = (name: string) => ({
  gateway: { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: [`${name}.localhost`] },
});

/** Where the traffic is moved, by what, and for the object that says so in the audit log. */
const ways = {
  'blue-service': { strategy: { type: 'BlueGreen', blueGreen: { previous } }, moves: 'services', routed: false },
  'blue-gateway': { strategy: { type: 'BlueGreen', blueGreen: { previous } }, moves: 'httproutes', routed: true },
  'canary-gateway': {
    strategy: { type: 'Canary', canary: { steps: [{ weight: 50 }], previous } },
    moves: 'httproutes',
    routed: true,
  },
  'rolling-service': { strategy: { type: 'Rolling' }, moves: 'replicasets', routed: false },
} as const;

export interface WayBackFigures {
  /** Milliseconds from the decision, p99: until the write, and until the last request that the left release answered. */
  readonly written: number;
  readonly served: number;
  readonly times: number;
}

/** Between two releases that both run, to and fro, while somebody asks all the time. */
export async function measureWayBack(world: NodeWorld, way: Way, times: number): Promise<WayBackFigures> {
  const { api, namespace, clock } = world;
  const name = `back-${way}`;
  const watched = await watchKind(deployments, world);
  const { strategy, routed, moves } = ways[way];
  const cluster = { ...smallCluster, ...(routed && gateway(name)) };
  const image = await world.image(...smallImage);
  await api.client.create(deployments, anApp({ namespace, name, strategy, workload: smallWorkload, cluster, image }));
  await watched.reached(name, isReady());
  const { metadata } = await release(api, { namespace, name }, environment(1));
  await watched.reached(name, isReady(metadata.generation));
  const from = await endOf(world.auditLog);
  const asking = ask(await addressOf(world, name, routed), clock);
  const decisions: Decision[] = [];
  for (let count = 0; count < times; count++) {
    const to = 1 + (count % 2);
    const at = clock.monotonic();
    const values = { [annotations.rollback]: String(to) };
    const annotated = { metadata: { annotations: values } };
    await api.client.patch(deployments, { namespace, name }, annotated, { type: 'merge' });
    await backAt(watched, name, to);
    // Whoever still gets an answer of the release that was left gets it within this time, or it is a finding.
    await sleep(clock, 1500);
    decisions.push({ at, left: 2 - (count % 2) });
  }
  const answers = await asking.leave();
  const entries = await entriesSince(world.auditLog, from);
  await watched.close();
  await api.client.delete(deployments, { namespace, name });
  const written = writes(entries, { name, moves });
  if (written.length !== times) throw new Error(`${name}: ${written.length} of ${times} ways back were written`);
  const served = decisions.map((decision, index) => lastOfLeft(answers, decision, decisions[index + 1]?.at));
  return { written: percentile(written, 0.99), served: percentile(served, 0.99), times };
}

interface Decision {
  readonly at: number;
  /** Number of the release that is left. */
  readonly left: number;
}

interface Answer {
  /** When it was asked for. */
  readonly at: number;
  readonly release: number;
}

function backAt(watched: Watched<Deployment>, name: string, to: number): Promise<number> {
  const isBack = ({ metadata, status }: Stored<Deployment>) =>
    status?.live?.release === to &&
    status.rollout === undefined &&
    isReady(metadata.generation)({ metadata, status } as Stored<Deployment>);
  return watched.reached(name, isBack);
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
      // VERSION counts from 0, releases from 1.
      answers.push({ at, release: Number(version) + 1 });
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

/** Milliseconds from each decision until the operator's first write that moves traffic, by the server's clock. */
function writes(entries: readonly AuditEntry[], { name, moves }: { name: string; moves: string }): number[] {
  const found: number[] = [];
  let decided: number | undefined;
  const inOrder = entries.toSorted((a, b) => micros(a.receivedAt) - micros(b.receivedAt));
  for (const { verb, resource, receivedAt, userAgent, name: written } of inOrder) {
    if (verb !== 'patch') continue;
    const isOurs = userAgent.startsWith('vish/');
    if (!isOurs && resource === 'deployments' && written === name) decided = micros(receivedAt);
    const isMove = isOurs && resource === moves && (written === name || moves === 'replicasets');
    if (!isMove || decided === undefined) continue;
    found.push((micros(receivedAt) - decided) / 1000);
    decided = undefined;
  }
  return found;
}

/** 0 when the release that is left answered nothing any more. */
function lastOfLeft(answers: readonly Answer[], { at, left }: Decision, until = Number.POSITIVE_INFINITY): number {
  const last = answers.findLast((answer) => answer.at >= at && answer.at < until && answer.release === left);
  return last === undefined ? 0 : last.at - at;
}
