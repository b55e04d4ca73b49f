import type { Clock } from '../../src/seams/clock.ts';
import type { Bench, Row, RunInfo, Sample } from '../lib/bench.ts';
import { expectExplained, parts } from '../lib/explained.ts';
import { type HollowWorld, openHollowWorld } from './hollow.ts';
import { measureMemory } from './memory.ts';
import { type NodeWorld, openNodeWorld } from './node.ts';
import { idleWrites, requestsOfOne } from './requests.ts';
import { measureOutage, type OutageFigures, switchUnderTraffic } from './traffic.ts';
import { timeWaves } from './waves.ts';
import { measureWayBack, type Way, type WayBackFigures } from './way-back.ts';

let hollow: Promise<HollowWorld> | undefined;

function hollowWorld(clock: Clock): Promise<HollowWorld> {
  hollow ??= openHollowWorld(clock);
  return hollow;
}

let node: Promise<NodeWorld> | undefined;
let outage: Promise<OutageFigures> | undefined;
const waysBack = new Map<Way, Promise<WayBackFigures>>();

function nodeWorld(clock: Clock): Promise<NodeWorld> {
  node ??= openNodeWorld(clock);
  return node;
}

/** `SEED=` repeats a run; anything else is by the time. */
function seedOf(clock: Clock): number {
  const given = process.env['SEED'];
  return given === undefined ? clock.now() % 1_000_000 : Number(given);
}

async function traffic({ clock, quick }: RunInfo): Promise<number> {
  const seed = seedOf(clock);
  console.log(`releases under traffic, SEED=${seed}`);
  const size = quick ? { requests: 10_000, switches: 12 } : { requests: 1_000_000, switches: 100 };
  const { gateway, service, sockets, kills } = await switchUnderTraffic(await nodeWorld(clock), { ...size, seed });
  const counts = `${gateway.count} requests through the gateway, ${service.count} through Services`;
  console.log(`${counts}; ${size.switches} releases; operator killed ${kills} times`);
  console.log(`${sockets.ended} WebSockets ended, ${sockets.early.length} of them early`);
  const failed = [...gateway.failed, ...service.failed, ...sockets.failed];
  for (const line of [...failed.slice(0, 20), ...sockets.early.map((end) => JSON.stringify(end))]) console.log(line);
  return failed.length + sockets.early.length;
}

/** Two rows read one outage. */
function recreate({ clock }: RunInfo): Promise<OutageFigures> {
  outage ??= nodeWorld(clock).then(measureOutage);
  return outage;
}

async function aroundRecreate(run: RunInfo): Promise<number> {
  const { failedBefore, failedAfter } = await recreate(run);
  return failedBefore + failedAfter;
}

async function waves({ clock, quick }: RunInfo): Promise<Sample> {
  return timeWaves(await nodeWorld(clock), quick ? 2 : 4);
}

/** Two rows read one run. */
function wayBack(way: Way, { clock, quick }: RunInfo): Promise<WayBackFigures> {
  const figures =
    waysBack.get(way) ??
    nodeWorld(clock).then((world) => measureWayBack(world, way, quick || way === 'rolling-service' ? 1 : 10));
  waysBack.set(way, figures);
  return figures;
}

const written = (way: Way) => async (run: RunInfo) => (await wayBack(way, run)).written;
const served = (way: Way) => async (run: RunInfo) => (await wayBack(way, run)).served;

async function requests({ clock }: RunInfo): Promise<number> {
  const counted = await requestsOfOne(await hollowWorld(clock));
  console.log(`requests of one Deployment and its second release\n${counted.table()}`);
  // A count of nothing is a wrong count, not a good one.
  if (counted.total === 0) throw new Error('no request of the operator was found in the audit log');
  expectExplained(counted, parts.release);
  return counted.total;
}

async function writes({ clock, quick }: RunInfo): Promise<number> {
  const size = quick ? { count: 50, idleMs: 5000 } : { count: 500, idleMs: 60_000 };
  const found = await idleWrites(await hollowWorld(clock), size);
  for (const { verb, resource, count } of found) console.log(`  idle, and yet ${count} ${verb} ${resource}`);
  return found.reduce((sum, { count }) => sum + count, 0);
}

async function memory({ clock, quick }: RunInfo): Promise<number> {
  const size = quick ? { count: 100, rolling: 10, idleMs: 2000 } : { count: 1000, rolling: 100, idleMs: 20_000 };
  const { highest, idle, after, atOnce } = await measureMemory(await hollowWorld(clock), size);
  const figures = [idle, highest, after].map((figure) => figure.toFixed(0));
  console.log(
    `memory in MiB: idle ${figures[0]}, highest ${figures[1]}, after ${figures[2]}; ${atOnce} rolled at once`,
  );
  return highest;
}

function held(unit: string, atMost: number, figure: (run: RunInfo) => Promise<number>): Omit<Row, 'number' | 'work'> {
  return { unit, bar: { of: 'ours', atMost }, measure: async (run) => ({ ours: await figure(run) }) };
}

/** Reported, without a bar. */
function told(unit: string, figure: (run: RunInfo) => Promise<number>): Omit<Row, 'number' | 'work'> {
  return { unit, bar: { of: 'ours' }, measure: async (run) => ({ ours: await figure(run) }) };
}

/** What a release costs those who use the app, those who wait for it, the API server and the machine. */
export const bench: Bench = {
  name: 'rollout',
  peer: 'apps/v1 Deployments of the same cluster',
  runs: 1,
  rows: [
    {
      number: 1,
      work: '1,000,000 requests each way, 100 releases, operator killed: failed',
      ...held('requests', 0, traffic),
    },
    { number: 1, work: 'Recreate: failed before and after', ...held('requests', 0, aroundRecreate) },
    { number: 1, work: 'Recreate: nobody answers', ...told('s', async (run) => (await recreate(run)).seconds) },
    {
      number: 2,
      work: '40 blue-green releases, 10 at a time, against rolling updates of apps/v1',
      unit: 's',
      bar: { of: 'ratio', atMost: 1.15 },
      measure: waves,
    },
    { number: 3, work: 'BlueGreen, rolled back: selector written, p99', ...held('ms', 300, written('blue-service')) },
    { number: 3, work: '... until the Service leads nobody there', ...told('ms', served('blue-service')) },
    {
      number: 3,
      work: '... and with kube-proxy at 100 ms: selector',
      ...held('ms', 300, written('blue-service-prompt')),
    },
    { number: 3, work: '... until the Service leads nobody there', ...held('ms', 1000, served('blue-service-prompt')) },
    { number: 3, work: 'BlueGreen with a gateway: weight written, p99', ...held('ms', 300, written('blue-gateway')) },
    { number: 3, work: '... until the gateway leads nobody there', ...held('ms', 1000, served('blue-gateway')) },
    { number: 3, work: 'Canary with a gateway: weight written, p99', ...held('ms', 300, written('canary-gateway')) },
    { number: 3, work: '... until the gateway leads nobody there', ...held('ms', 1000, served('canary-gateway')) },
    { number: 3, work: 'Rolling: first size written, p99', ...told('ms', written('rolling-service')) },
    { number: 3, work: '... until the Service leads nobody there', ...told('ms', served('rolling-service')) },
    { number: 4, work: 'API requests of one Deployment and a blue-green release', ...held('', 30, requests) },
    { number: 4, work: 'writes while 500 Deployments are idle for 60 s', ...held('', 0, writes) },
    { number: 5, work: 'memory, 1,000 Deployments, 100 of them rolling', ...held('MiB', 250, memory) },
  ],
  async setUp() {
    return async () => {
      await (await hollow)?.close();
      await (await node)?.close();
    };
  },
};
