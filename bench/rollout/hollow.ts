import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { run } from '../../hack/lib/run.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import { deployments } from '../../src/objects/vish.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import type { LocalOperator } from '../../test/harness/operator/local-operator.ts';
import { anApp, blueGreenAtOnce, isReady } from '../../test/support/switches/apps.ts';
import { type Watched, watchKind } from '../../test/support/switches/watched.ts';
import { forEachIndex } from '../runtime/server.ts';
import { bundleOperator, startShipped } from './operator.ts';

/** A cluster whose pods only exist as objects, so that a thousand Deployments fit, with the operator beside it. */
export interface HollowWorld {
  readonly server: ApiServer;
  readonly api: Connected;
  readonly namespace: string;
  readonly watched: Watched<Deployment>;
  readonly clock: Clock;
  operator: LocalOperator;
  close(): Promise<void>;
}

/** 250 pods each, for two replicas of a thousand Deployments and the releases that come beside them. */
const hollowNodes = 12;
const namespace = 'default';

export async function openHollowWorld(clock: Clock): Promise<HollowWorld> {
  const server = await startApiServer({ name: `bench-rollout-${process.pid}`, hollowNodes });
  try {
    const kubectl = `${server.binaries}/kubectl`;
    await run(kubectl, ['--kubeconfig', server.kubeconfig, 'apply', '--server-side', '-f', 'config/crd']);
    await run(kubectl, ['--kubeconfig', server.kubeconfig, 'wait', '--for=condition=Established', 'crd', '--all']);
    await bundleOperator();
    const api = await connectTo(server.kubeconfig);
    const operator = await startShipped(server.kubeconfig);
    const watched = await watchKind(deployments, { api, clock, namespace });
    const world: HollowWorld = { server, api, namespace, watched, clock, operator, close };
    async function close() {
      await watched.close();
      await world.operator.stop();
      await api.close();
      await server.stop();
    }
    return world;
  } catch (error) {
    await server.stop(); // nobody else knows of it yet
    throw error;
  }
}

const strategies: readonly object[] = [
  { type: 'Rolling' },
  blueGreenAtOnce,
  { type: 'Canary', canary: { steps: [{ weight: 50 }] } },
];

export const nameOf = (index: number) => `app-${index}`;

/** So many Deployments of two replicas, all of them Ready; those that are there stay. */
export async function hold({ api, namespace, watched }: HollowWorld, count: number): Promise<void> {
  const there = new Set(watched.list().map(({ metadata }) => metadata.name));
  const made: string[] = [];
  await forEachIndex(count, async (index) => {
    const name = nameOf(index);
    if (there.has(name)) return;
    made.push(name);
    // What comes up is in flight for a while: a hundred releases that are over at once were never there at once.
    const strategy = { ...strategies[index % strategies.length], minReadySeconds: 5 };
    await api.client.create(deployments, anApp({ namespace, name, strategy, replicas: 2 }));
  });
  await Promise.all(made.map((name) => watched.reached(name, isReady())));
}
