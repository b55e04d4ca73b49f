import { type Clock, sleep } from '../../src/seams/clock.ts';
import type { Row, RunInfo, Sample } from '../lib/bench.ts';
import { AuditTail } from './audit.ts';
import { countConnections } from './connections.ts';
import { createFamilies, holdWidgets, settleWidgets, touchWidget, touchWidgets } from './objects.ts';
import type { Server } from './server.ts';
import { type Program, Side, type SideOptions } from './side.ts';
import { takeover } from './takeover.ts';

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
      measure: both(rig, reaction()),
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

function reaction(): Measure {
  let round = 1000;
  return async (program, { server }, { clock, quick }) => {
    const [count, changes] = quick ? [500, 50] : [5000, 1000];
    await holdWidgets(server.client, count, small);
    await settleWidgets(server.client);
    return withSide(program, options(clock, server, count), async (side) => {
      await side.reached('done');
      const audit = new AuditTail(server.auditLog);
      for (let index = 0; index < changes; index++) {
        await touchWidget(server.client, index, ++round);
        await sleep(clock, 5);
      }
      await sleep(clock, 1000);
      return percentile(delays(audit, program.userAgent), 0.99);
    });
  };
}

/** From the answer to the change until the server got the controller's first request for that object. */
function delays(audit: AuditTail, userAgent: string): number[] {
  const changedAt = new Map<string, number>();
  const found: number[] = [];
  const events = audit.read().toSorted((a, b) => a.receivedAt - b.receivedAt);
  for (const { userAgent: from, name, verb, receivedAt } of events) {
    if (from.startsWith('bench-harness') && verb === 'patch') changedAt.set(name, receivedAt);
    const changed = changedAt.get(name);
    if (!from.startsWith(userAgent) || changed === undefined) continue;
    found.push((receivedAt - changed) / 1000);
    changedAt.delete(name);
  }
  return found;
}

function idle(): Measure {
  return async (program, { server }, { clock, quick }) => {
    const count = quick ? 500 : 5000;
    await holdWidgets(server.client, count, small);
    await settleWidgets(server.client);
    return withSide(program, options(clock, server, count), async (side) => {
      await side.reached('done');
      await sleep(clock, 5000);
      const audit = new AuditTail(server.auditLog);
      const before = side.cpuMs();
      await sleep(clock, quick ? 5000 : 60_000);
      const requests = audit
        .read()
        .filter(({ userAgent, verb }) => userAgent.startsWith(program.userAgent) && verb !== 'watch');
      if (requests.length > 0)
        throw new Error(`idle, and yet ${requests.length} requests, the first a ${requests[0]?.verb}`);
      return side.cpuMs() - before;
    });
  };
}

function options(clock: Clock, { kubeconfig }: Server, expect: number): SideOptions {
  return { clock, kubeconfig, work: 'widgets', expect };
}

async function withSide(program: Program, given: SideOptions, use: (side: Side) => Promise<number>): Promise<number> {
  const side = new Side(program, given);
  try {
    return await use(side);
  } finally {
    await side.stop();
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
