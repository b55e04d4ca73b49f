import type { Clock } from '../../src/seams/clock.ts';
import type { Bench, RunInfo, Sample } from '../lib/bench.ts';
import { timeQuickstart } from '../skeleton/quickstart.ts';
import { cloneSample } from '../skeleton/source.ts';
import { clear, openWorld, tool, type World } from '../skeleton/world.ts';
import { type ByHand, startByHand } from './by-hand.ts';
import { buildMany, type ManyFigures } from './many.ts';
import { type BuildFigures, buildOnce } from './ours.ts';

/** A start of a container by kubelet and a daemon of its own are paid once a build, whatever it builds. */
const allowedShare = 1.03;

const fewBuilds = 6;

let opened: { readonly world: World; readonly source: Source; readonly byHand: ByHand } | undefined;
type Source = Awaited<ReturnType<typeof cloneSample>>;
let manyBuilds: Promise<ManyFigures> | undefined;
const warmBuilds = new Map<number, Promise<{ ours: BuildFigures; byHand: number }>>();

function parts() {
  if (opened === undefined) throw new Error('the rows were measured before setUp');
  return opened;
}

/** One line differs from the commit before; both sides build the same files. */
async function compare({ clock, index }: RunInfo): Promise<{ ours: BuildFigures; byHand: number }> {
  const { world, source, byHand } = parts();
  const commit = await source.commitVersion(`version ${clock.now()}`);
  const ours = () => buildOnce(world, clock, commit, () => source.push('main'));
  const hand = () => byHand.build(source.folder);
  // In turn, so that neither side always meets a disk that the other one has warmed.
  if (index % 2 === 0) return { ours: await ours(), byHand: await hand() };
  const first = await hand();
  return { ours: await ours(), byHand: first };
}

async function cold(info: RunInfo): Promise<Sample> {
  const { world } = parts();
  await reclaim(world, 'Retain');
  // A volume goes only after the last pod that had it.
  await tool(world, 'kubectl', 'delete jobs --all --namespace vish-builds --cascade=foreground --wait');
  await tool(world, 'kubectl', 'delete persistentvolumeclaims --all --namespace vish-builds --wait');
  await parts().byHand.restart();
  const { ours, byHand } = await compare(info);
  return overhead('cold', { ours, byHand, share: allowedShare });
}

/**
 * The files of earlier runs stay until the end: on a disk that gives freed blocks back, the side that writes where they lay
 * takes three times as long, and it is not always the same side.
 */
async function reclaim(world: World, policy: 'Retain' | 'Delete'): Promise<void> {
  const volumes = await tool(world, 'kubectl', 'get persistentvolumes --output=name');
  const patch = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: policy } });
  for (const volume of volumes.split('\n').filter(Boolean)) {
    await tool(world, 'kubectl', `patch ${volume} --patch=${patch}`);
  }
}

/** Two rows read one build. */
function warm(info: RunInfo) {
  const figures = warmBuilds.get(info.index) ?? compare(info);
  warmBuilds.set(info.index, figures);
  return figures;
}

async function warmOverhead(info: RunInfo): Promise<Sample> {
  return overhead('warm', { ...(await warm(info)), share: 1 });
}

/** Three rows read one run. */
function many({ clock, quick }: RunInfo): Promise<ManyFigures> {
  manyBuilds ??= measureMany(clock, quick ? fewBuilds : 50);
  return manyBuilds;
}

async function measureMany(clock: Clock, count: number): Promise<ManyFigures> {
  const { world, source } = parts();
  const commit = await source.commitSmall();
  await source.push('many');
  // What an operator loads for its first builds is not what each further one leaves.
  const first = await buildMany(world, clock, commit, fewBuilds);
  console.log(`the first ${fewBuilds} Builds added ${first.growth.toFixed(2)} MiB`);
  const figures = await buildMany(world, clock, commit, count);
  console.log(`${count} Builds took ${figures.seconds.toFixed(0)} s, at most ${figures.atOnce} at once`);
  return figures;
}

function overhead(
  name: string,
  { ours, byHand, share }: { ours: BuildFigures; byHand: number; share: number },
): Sample {
  console.log(
    `${name}: by hand ${byHand.toFixed(2)} s, Build made to digest ${ours.buildSeconds.toFixed(2)} s\n${ours.table}`,
  );
  return { ours: ours.buildSeconds - share * byHand };
}

async function open(clock: Clock): Promise<void> {
  const world = await openWorld();
  await clear(world);
  await timeQuickstart(clock);
  const source = await cloneSample();
  const byHand = await startByHand(world.registry, clock);
  // The registry has the base image's layers from our side already.
  await byHand.build(source.folder);
  opened = { world, source, byHand };
}

/** What the way through the cluster costs: a build of ours against `buildctl build` with a push of the same files. */
export const bench: Bench = {
  name: 'build',
  peer: 'none',
  runs: 5,
  rows: [
    {
      number: 1,
      work: 'cold build, beyond 1.03 times the one by hand',
      unit: 's',
      bar: { of: 'ours', atMost: 8 },
      measure: cold,
    },
    {
      number: 2,
      work: 'warm build, beyond the one by hand',
      unit: 's',
      bar: { of: 'ours', atMost: 6 },
      measure: warmOverhead,
    },
    {
      number: 3,
      work: 'one line changed and pushed, until the digest',
      unit: 's',
      bar: { of: 'ours', atMost: 15 },
      measure: async (info) => ({ ours: (await warm(info)).ours.commitSeconds }),
    },
    {
      number: 4,
      work: '50 Builds at once, three at a time: without a digest',
      unit: '',
      runs: 1,
      bar: { of: 'ours', atMost: 0 },
      measure: async (info) => ({ ours: (await many(info)).failed }),
    },
    {
      number: 4,
      work: '... API requests of each',
      unit: '',
      runs: 1,
      bar: { of: 'ours' },
      measure: async (info) => ({ ours: (await many(info)).requestsPerBuild }),
    },
    {
      number: 4,
      work: "... growth of the operator's memory",
      unit: 'MiB',
      runs: 1,
      bar: { of: 'ours', atMost: 5 },
      measure: async (info) => ({ ours: (await many(info)).growth }),
    },
  ],
  async setUp({ clock }) {
    await open(clock);
    return async () => {
      const { byHand, source, world } = parts();
      await reclaim(world, 'Delete');
      await byHand[Symbol.asyncDispose]();
      await source.remove();
      await clear(world);
      await world.api.close();
    };
  },
};
