import { type Clock, sleep } from '../../src/seams/clock.ts';
import { endOf, entriesSince } from '../../test/harness/requests/audit-log.ts';
import type { Row, RunInfo, Sample } from '../lib/bench.ts';
import { countConnections } from './connections.ts';
import { delays, percentile } from './delays.ts';
import { createFamilies, holdWidgets, settleWidgets, touchWidget, touchWidgets } from './objects.ts';
import type { Server } from './server.ts';
import { type Program, Side, type SideOptions } from './side.ts';
import { takeover } from './takeover.ts';
import { places } from './widgets.ts';

/** What the rows share, made by the benchmark's setUp. */
export interface Rig {
  server: Server;
  ours: Program;
  peer: Program;
}

const small = 2000;
const large = 6000;

type Measure = (program: Program, rig: Rig, run: RunInfo) => Promise<number>;

/** Both sides, one after the other; the order alternates, so that neither always meets the warmer server. */
function both(rig: () => Rig, measure: Measure): Row['measure'] {
  return async (run): Promise<Sample> => {
    const { ours, peer } = rig();
    const order = run.index % 2 === 0 ? [ours, peer] : [peer, ours];
    const figures = new Map<Program, number>();
    for (const program of order) figures.set(program, await measure(program, rig(), run));
    return { ours: figures.get(ours) ?? Number.NaN, peer: figures.get(peer) ?? Number.NaN };
  };
}

export function runtimeRows(rig: () => Rig): Row[] {
  return [
    {
      number: 1,
      work: 'write the status of 5,000 objects of 2 KB, 10 workers',
      unit: 'objects/s',
      bar: { of: 'ratio', atLeast: 1 },
      measure: both(rig, statusThroughput()),
    },
    {
      number: 2,
      work: 'process start until 10,000 objects of 6 KB are cached and reconciled',
      unit: 'ms',
      bar: { of: 'ratio', atMost: 1 },
      measure: both(rig, coldStart()),
    },
    {
      number: 3,
      work: 'memory with 5,000 Deployments and 10,000 children cached',
      unit: 'MiB',
      bar: { of: 'ratio', atMost: 1.5 },
      measure: both(rig, memory()),
    },
    {
      number: 4,
      work: 'one change among 5,000 idle objects until the first request, p99',
      unit: 'ms',
      bar: { of: 'ratio', atMost: 1.2 },
      measure: reaction(rig),
    },
    {
      number: 5,
      work: 'idle for 60 s with 5,000 objects: processor time',
      unit: 'ms',
      bar: { of: 'ours', atMost: 600 },
      measure: both(rig, idle()),
    },
    {
      number: 6,
      work: 'connections for 20 watches and 2,000 calls, HTTP/2 only',
      unit: 'connections',
      bar: { of: 'ours', atMost: 4 },
      measure: async ({ clock }) => ({ ours: await countConnections(clock, rig().server, 'h2') }),
    },
    {
      number: 7,
      work: 'the same with HTTP/1.1 only, the 20 of the watches among them',
      unit: 'connections',
      bar: { of: 'ours', atMost: 32 },
      measure: async ({ clock }) => ({ ours: await countConnections(clock, rig().server, 'h1') }),
    },
    {
      number: 8,
      work: 'leader killed until the standby leads',
      unit: 'ms',
      bar: { of: 'ours', atMost: 20_000 },
      measure: async ({ clock }) => ({ ours: await takeover(clock, rig().server, 'killed') }),
    },
    {
      number: 9,
      work: 'leader stopped until the standby leads',
      unit: 'ms',
      bar: { of: 'ours', atMost: 3000 },
      measure: async ({ clock }) => ({ ours: await takeover(clock, rig().server, 'stopped') }),
    },
  ];
}

function statusThroughput(): Measure {
  let round = 0;
  return async (program, { server }, { clock, quick }) => {
    const count = quick ? 500 : 5000;
    await holdWidgets(server.client, count, small);
    await touchWidgets(server.client, count, ++round);
    return withSide(program, options(clock, server, count), async (side) => {
      const seconds = ((await side.reached('done')) - (await side.reached('started'))) / 1000;
      return count / seconds;
    });
  };
}

function coldStart(): Measure {
  return async (program, { server }, { clock, quick }) => {
    const count = quick ? 1000 : 10_000;
    await holdWidgets(server.client, count, large);
    await settleWidgets(server.client);
    return withSide(program, options(clock, server, count), (side) => side.reached('done'));
  };
}

function memory(): Measure {
  let created = 0;
  return async (program, { server }, { clock, quick }) => {
    const count = quick ? 500 : 5000;
    if (created === 0) await createFamilies(server.client, count);
    created = count;
    return withSide(program, { ...options(clock, server, count), work: 'children' }, async (side) => {
      await side.reached('done');
      await sleep(clock, 15_000); // both runtimes give memory back some time after the burst
      return side.rss();
    });
  };
}

/**
 * Both sides at the same time, each with objects of its own, and a change of the one next to a change of the other: most
 * of the slowest hundredth is the server's own work (collecting garbage above all), and two phases that come one after
 * the other meet different amounts of it.
 */
function reaction(rig: () => Rig): Row['measure'] {
  let round = 1000;
  return async ({ clock, quick }): Promise<Sample> => {
    const { server, ours, peer } = rig();
    const [count, changes] = quick ? [500, 50] : [5000, 1000];
    await holdWidgets(server.client, count, small, Object.values(places));
    await settleWidgets(server.client);
    const given = options(clock, server, count);
    return withSide(ours, { ...given, namespace: places.ours }, (one) =>
      withSide(peer, { ...given, namespace: places.peer }, async (other) => {
        await Promise.all([one.reached('done'), other.reached('done')]);
        await sleep(clock, 5000); // what starting left behind of one must not meet a change of the other
        const from = await endOf(server.auditLog);
        for (let index = 0; index < changes; index++) {
          const order = index % 2 === 0 ? [places.ours, places.peer] : [places.peer, places.ours];
          for (const place of order) {
            await touchWidget(server.client, index, ++round, place);
            await sleep(clock, 5);
          }
        }
        await sleep(clock, 1000);
        const events = await entriesSince(server.auditLog, from);
        const slowest = ({ userAgent }: Program, place: string) =>
          percentile(delays(events, { userAgent, place, changes }), 0.99);
        return { ours: slowest(ours, places.ours), peer: slowest(peer, places.peer) };
      }),
    );
  };
}

function idle(): Measure {
  return async (program, { server }, { clock, quick }) => {
    const count = quick ? 500 : 5000;
    await holdWidgets(server.client, count, small);
    await settleWidgets(server.client);
    return withSide(program, options(clock, server, count), async (side) => {
      await side.reached('done');
      await sleep(clock, 5000);
      const from = await endOf(server.auditLog);
      const before = side.cpuMs();
      await sleep(clock, quick ? 5000 : 60_000);
      const entries = await entriesSince(server.auditLog, from);
      const requests = entries.filter(
        ({ userAgent, verb }) => userAgent.startsWith(program.userAgent) && verb !== 'watch',
      );
      if (requests.length > 0)
        throw new Error(`idle, and yet ${requests.length} requests, the first a ${requests[0]?.verb}`);
      return side.cpuMs() - before;
    });
  };
}

function options(clock: Clock, { kubeconfig }: Server, expect: number): SideOptions {
  return { clock, kubeconfig, work: 'widgets', expect };
}

async function withSide<T>(program: Program, given: SideOptions, use: (side: Side) => Promise<T>): Promise<T> {
  const side = new Side(program, given);
  try {
    return await use(side);
  } finally {
    await side.stop();
  }
}
