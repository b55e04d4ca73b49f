import { sleep } from '../../src/seams/clock.ts';
import { environment, isReady, release } from '../../test/support/switches/apps.ts';
import { forEachIndex } from '../runtime/server.ts';
import { type HollowWorld, hold, nameOf } from './hollow.ts';
import { residentMemory, startShipped } from './operator.ts';

export interface MemoryFigures {
  /** The highest since the start of the process, in MiB. */
  readonly highest: number;
  /** When nothing happens after the start, and after the rollouts. */
  readonly idle: number;
  readonly after: number;
  /** How many Deployments were between two releases at the same moment. */
  readonly atOnce: number;
}

export interface MemoryOptions {
  readonly count: number;
  readonly rolling: number;
  readonly idleMs: number;
}

/** From a cold start with all Deployments there, so that the highest figure has the first lists in it too. */
export async function measureMemory(world: HollowWorld, { count, rolling, idleMs }: MemoryOptions) {
  const { clock, server, watched } = world;
  await hold(world, count);
  await world.operator.stop();
  world.operator = await startShipped(server.kubeconfig);
  await sleep(clock, idleMs);
  const { pid } = world.operator;
  const idle = residentMemory(pid).now;
  let atOnce = 0;
  const over = new AbortController();
  const counting = (async () => {
    while (!over.signal.aborted) {
      atOnce = Math.max(atOnce, watched.list().filter(({ status }) => status?.rollout !== undefined).length);
      await sleep(clock, 100);
    }
  })();
  await releaseMany(world, { count, rolling });
  over.abort();
  await counting;
  await sleep(clock, idleMs);
  const { highest, now: after } = residentMemory(pid);
  const figures: MemoryFigures = { highest, idle, after, atOnce };
  return figures;
}

let version = 0;

/** Spread over all, so that every strategy is among them. */
async function releaseMany(
  { api, namespace, watched }: HollowWorld,
  { count, rolling }: Omit<MemoryOptions, 'idleMs'>,
) {
  version++;
  const every = Math.floor(count / rolling);
  const generations = new Map<string, number>();
  await forEachIndex(rolling, async (index) => {
    const { metadata } = await release(api, { namespace, name: nameOf(index * every) }, environment(version));
    generations.set(metadata.name, metadata.generation ?? 0);
  });
  await Promise.all([...generations].map(([name, generation]) => watched.reached(name, isReady(generation))));
}
