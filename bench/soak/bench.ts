import { type Clock, sleep } from '../../src/seams/clock.ts';
import type { Bench, RunInfo, Sample } from '../lib/bench.ts';
import { createWidgets, settleWidgets, touchWidget } from '../runtime/objects.ts';
import { buildPrograms } from '../runtime/programs.ts';
import { type Server, startServer } from '../runtime/server.ts';
import { Side } from '../runtime/side.ts';
import { widgets } from '../runtime/widgets.ts';
import { type Point, slopePerHour } from './slope.ts';

const objects = 5000;
const changesPerSecond = 50;

interface Soak {
  /** MiB an hour after the warm-up. */
  slope: number;
  /** The same of the live heap, from before the first change until after the last. */
  liveSlope: number;
  /** Objects whose last change was never acted on. */
  missed: number;
}

let server: Server | undefined;
let finished: Promise<Soak> | undefined;

/** All rows read one run: the work takes half an hour. */
function soakOnce(run: RunInfo): Promise<Soak> {
  if (server === undefined) throw new Error('the rows were measured before setUp');
  finished ??= soak(server, run);
  return finished;
}

async function soak(at: Server, { clock, quick }: RunInfo): Promise<Soak> {
  const { ours } = await buildPrograms();
  await createWidgets(at.client, quick ? 500 : objects, 2000);
  await settleWidgets(at.client);
  const side = new Side(ours, { clock, kubeconfig: at.kubeconfig, work: 'widgets', expect: quick ? 500 : objects });
  try {
    await side.reached('done');
    // Collections that we force would hide how resident memory grows by itself: one before it is looked at, one after.
    const before = await side.liveHeap();
    const points = await churn(at, side, { clock, seconds: quick ? 30 : 1800, count: quick ? 500 : objects });
    const warm = points.filter(({ seconds }) => seconds > (quick ? 5 : 300));
    await sleep(clock, 5000);
    const missed = await unanswered(at);
    const live = [
      { seconds: 0, value: before },
      { seconds: points.at(-1)?.seconds ?? 0, value: await side.liveHeap() },
    ];
    return { slope: slopePerHour(warm), liveSlope: slopePerHour(live), missed };
  } finally {
    await side.stop();
  }
}

interface Churn {
  clock: Clock;
  seconds: number;
  count: number;
}

/** Fifty changes a second, and the memory once a second. */
async function churn({ client }: Server, side: Side, { clock, seconds, count }: Churn): Promise<Point[]> {
  const points: Point[] = [];
  const began = clock.monotonic();
  for (let second = 1; second <= seconds; second++) {
    const changes = Array.from({ length: changesPerSecond }, (_, index) => {
      return touchWidget(client, (second * changesPerSecond + index) % count, second);
    });
    await Promise.all(changes);
    points.push({ seconds: (clock.monotonic() - began) / 1000, value: side.rss() });
    await sleep(clock, Math.max(0, began + second * 1000 - clock.monotonic()));
  }
  return points;
}

async function unanswered({ client }: Server): Promise<number> {
  const { items } = await client.list(widgets);
  return items.filter(({ metadata, status }) => status?.observedGeneration !== metadata.generation).length;
}

const row =
  (measure: (run: RunInfo) => Promise<number>) =>
  async (run: RunInfo): Promise<Sample> => ({ ours: await measure(run) });

/** Half an hour of churn: nothing may be missed, and memory stays where it is. */
export const bench: Bench = {
  name: 'soak',
  peer: 'none',
  runs: 1,
  rows: [
    {
      number: 1,
      work: 'growth of memory over 30 min, 5,000 objects, 50 changes a second',
      unit: 'MiB/h',
      bar: { of: 'ours', atMost: 20 },
      measure: row(async (run) => (await soakOnce(run)).slope),
    },
    {
      number: 2,
      work: 'objects whose last change was missed',
      unit: 'objects',
      bar: { of: 'ours', atMost: 0 },
      measure: row(async (run) => (await soakOnce(run)).missed),
    },
    {
      number: 3,
      work: 'growth of what the heap keeps alive over the same time',
      unit: 'MiB/h',
      bar: { of: 'ours', atMost: 5 },
      measure: row(async (run) => (await soakOnce(run)).liveSlope),
    },
  ],
  async setUp({ clock }) {
    const started = await startServer(clock);
    server = started;
    return () => started.stop();
  },
};
