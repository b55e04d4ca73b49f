import type { V1Deployment } from '@kubernetes/client-node';
import { pods } from '../../src/objects/core.ts';
import { deployments } from '../../src/objects/vish.ts';
import { namespacedResource, type Wired } from '../../src/objects/wire.ts';
import { type PodTemplate, type ReplicaSet, replicaSets } from '../../src/objects/workloads.ts';
import { anApp, blueGreenAtOnce, environment, isReady, release } from '../../test/support/switches/apps.ts';
import { type Watched, watchKind } from '../../test/support/switches/watched.ts';
import { until } from '../../test/support/until.ts';
import type { Sample } from '../lib/bench.ts';
import type { NodeWorld } from './node.ts';
import { smallCluster, smallImage, smallWorkload } from './small.ts';

type Plain = Wired<V1Deployment>;
const plains = namespacedResource<Plain>('apps', 'v1', 'Deployment', 'deployments');
const atOnce = 10;

interface Side {
  /** Asks all for a release; resolves when the last one is done. */
  roll(version: number): Promise<unknown>;
  remove(): Promise<void>;
}

/**
 * Wall time in seconds of `waves` times ten releases, ours and those of apps/v1 in turn, with one pod template. Each wave
 * begins when the pods that the one before replaced have ended: their end is the same work for both sides, and would fall
 * into the time of whoever comes next.
 */
export async function timeWaves(world: NodeWorld, waves: number): Promise<Sample> {
  const { clock } = world;
  const sides = [await oursOf(world), await plainOf(world)];
  const seconds = [0, 0];
  for (let wave = 1; wave <= waves; wave++) {
    const order = wave % 2 === 0 ? [0, 1] : [1, 0];
    for (const side of order) {
      await settle(world, sides.length * atOnce);
      const began = clock.monotonic();
      await sides[side]?.roll(wave);
      const took = (clock.monotonic() - began) / 1000;
      seconds[side] = (seconds[side] ?? 0) + took;
      console.log(`  wave ${wave} ${side === 0 ? 'ours' : 'apps/v1'} ${took.toFixed(2)} s`);
    }
  }
  for (const side of sides) await side.remove();
  const [ours = Number.NaN, peer = Number.NaN] = seconds;
  return { ours, peer };
}

async function settle({ api, namespace }: NodeWorld, wanted: number): Promise<void> {
  const isSettled = async () => (await api.client.list(pods, { namespace })).items.length === wanted;
  await until(isSettled, { deadlineMs: 120_000, everyMs: 250, describe: 'the pods that were replaced have ended' });
}

const oursNamed = (index: number) => `wave-${index}`;
const plainNamed = (index: number) => `plain-${index}`;

async function oursOf(world: NodeWorld): Promise<Side> {
  const { api, namespace, image } = world;
  const watched = await watchKind(deployments, world);
  const common = { workload: smallWorkload, cluster: smallCluster, image: await image(...smallImage) };
  await forEach(oursNamed, async (name) => {
    await api.client.create(deployments, anApp({ namespace, name, strategy: blueGreenAtOnce, ...common }));
    await watched.reached(name, isReady());
  });
  return {
    roll: (version) =>
      forEach(oursNamed, async (name) => {
        const { metadata } = await release(api, { namespace, name }, environment(version));
        await watched.reached(name, isReady(metadata.generation));
      }),
    remove: () => removeAll(world, { watched, resource: deployments, names: oursNamed }),
  };
}

/** With the template that the operator made for one of ours: the probes, the pause before the end and all. */
async function plainOf(world: NodeWorld): Promise<Side> {
  const { api, namespace } = world;
  const watched = await watchKind(plains, world);
  const template = await templateOf(world);
  await forEach(plainNamed, async (name) => {
    await api.client.create(plains, plainApp({ namespace, name, template }));
    await watched.reached(name, isRolledOut());
  });
  return {
    roll: (version) =>
      forEach(plainNamed, async (name) => {
        const spec = { template: { spec: { containers: [{ name: 'app', env: environment(version) }] } } };
        const { metadata } = await api.client.patch(plains, { namespace, name }, { spec }, { type: 'strategic' });
        await watched.reached(name, isRolledOut(metadata.generation));
      }),
    remove: () => removeAll(world, { watched, resource: plains, names: plainNamed }),
  };
}

async function templateOf({ api, namespace }: NodeWorld): Promise<PodTemplate> {
  const labelSelector = `vish.dev/deployment=${oursNamed(0)}`;
  const { items } = await api.client.list<ReplicaSet>(replicaSets, { namespace, labelSelector });
  const template = items[0]?.spec?.template;
  if (template === undefined) throw new Error(`${oursNamed(0)} has no ReplicaSet`);
  return template;
}

function plainApp({ namespace, name, template }: { namespace: string; name: string; template: PodTemplate }): Plain {
  const labels = { app: name };
  const topologySpreadConstraints = template.spec?.topologySpreadConstraints?.map((constraint) => ({
    ...constraint,
    labelSelector: { matchLabels: labels },
  }));
  const spec = { ...template.spec, topologySpreadConstraints };
  return {
    metadata: { namespace, name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  } as Plain;
}

/** As `kubectl rollout status` says. */
function isRolledOut(generation = 0): (deployment: Plain) => boolean {
  return ({ status = {} }) => {
    const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    return observedGeneration >= generation && updatedReplicas === 1 && replicas === 1 && availableReplicas === 1;
  };
}

function forEach(named: (index: number) => string, work: (name: string) => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: atOnce }, (_, index) => work(named(index))));
}

interface Removal {
  readonly watched: Pick<Watched<Plain>, 'close'>;
  readonly resource: typeof deployments | typeof plains;
  readonly names: (index: number) => string;
}

async function removeAll({ api, namespace }: NodeWorld, { watched, resource, names }: Removal): Promise<void> {
  await watched.close();
  await forEach(names, (name) => api.client.delete(resource, { namespace, name }));
}
