import { Registry } from 'prom-client';
import type { Client } from '../../src/kube/client/client.ts';
import { Elector, type LeaseLost } from '../../src/kube/leader/elector.ts';
import { type Lease, type LeaseSpec, leaseObject, leases } from '../../src/kube/leader/lease.ts';
import { LeaderMetrics } from '../../src/kube/leader/metrics.ts';
import type { LeaderTiming } from '../../src/kube/leader/timing.ts';
import type { ObjectKey } from '../../src/kube/object/key.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { MemoryClient } from './memory-client.ts';
import { recordingLogger } from './recording-logger.ts';

export const leaseKey = { namespace: 'kube-system', name: 'vish' };

interface ReplicaOptions extends LeaderTiming {
  identity: string;
  client: Client;
  clock: Clock;
  /** What the random source answers. */
  chance?: number;
  lease?: ObjectKey;
}

/** An elector with everything that it tells the outside. */
export function aReplica({ identity, client, clock, chance = 0.5, lease = leaseKey, ...times }: ReplicaOptions) {
  const stop = new AbortController();
  const registry = new Registry();
  const events: string[] = [];
  const seen: { lost?: LeaseLost } = {};
  const elector = new Elector({
    ...times,
    client,
    clock,
    identity,
    lease,
    random: { next: () => chance },
    logger: recordingLogger(),
    metrics: new LeaderMetrics(registry),
    onStarted: () => events.push('started'),
    onLost: (error) => {
      events.push('lost');
      seen.lost = error;
    },
    onNewLeader: (holder) => events.push(`leader ${holder}`),
  });
  const start = () => elector.run(stop.signal);
  return { elector, events, registry, seen, start, stop: () => stop.abort() };
}

/** A clock, a store, and replica `a` in it. */
export function aLonelyReplica(times: LeaderTiming = {}) {
  const clock = new ManualClock();
  const client = new MemoryClient();
  return { clock, client, ...aReplica({ identity: 'a', client, clock, ...times }) };
}

export async function holdLease(client: MemoryClient, spec: LeaseSpec): Promise<void> {
  await client.create(leases, leaseObject(leaseKey, spec));
  client.requests.length = 0;
}

export async function renewLease(client: MemoryClient, spec: LeaseSpec): Promise<void> {
  const lease = await client.get(leases, leaseKey);
  await client.update(leases, { ...lease, spec });
}

export async function leaseSpec(client: MemoryClient): Promise<LeaseSpec> {
  const lease: Lease = await client.get(leases, leaseKey);
  return lease.spec ?? {};
}
