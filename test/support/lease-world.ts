import type { Client } from '../../src/kube/client/client.ts';
import { leases } from '../../src/kube/leader/lease.ts';
import { type Clock, sleep, type Timer } from '../../src/seams/clock.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { failure, MemoryClient } from './memory-client.ts';
import { aReplica, leaseKey } from './replica.ts';

export interface Fault {
  kind: 'request lost' | 'answer lost' | 'slow' | 'paused';
  replica: number;
  from: number;
  ms: number;
  /** For slow: how long a request is on its way, and its answer too. */
  delayMs: number;
}

export interface ReplicaPlan {
  /** How fast its clock runs; 1.1 is ten percent too fast. */
  rate: number;
  /** How far its clock is off. */
  offsetMs: number;
  startMs: number;
  stopMs: number;
  chance: number;
}

export interface Plan {
  replicas: ReplicaPlan[];
  faults: Fault[];
}

const delays = (fault: Fault | undefined) => (fault?.kind === 'slow' ? fault.delayMs : 5);

/** One API server with the true time, and replicas around it with clocks, networks and pauses of their own. */
export class LeaseWorld {
  readonly clock = new ManualClock();
  readonly server = new MemoryClient();
  private readonly replicas: { leads: () => boolean }[];
  private readonly faults: Fault[];

  constructor({ replicas, faults }: Plan) {
    this.faults = faults;
    this.replicas = replicas.map((plan, index) => this.add(plan, index));
  }

  /** Which replicas would act now. One that is paused acts on nothing until it runs again. */
  leaders(): number[] {
    return this.replicas.flatMap(({ leads }, index) => (leads() ? [index] : []));
  }

  private add({ rate, offsetMs, startMs, stopMs, chance }: ReplicaPlan, index: number) {
    const clock = new SkewedClock({ base: this.clock, rate, offsetMs, resume: () => this.resume(index) });
    const client = this.network(index);
    let current = aReplica({ identity: `${index}`, client, clock, chance });
    // A process that lost the lease ends, and a new one with another identity takes its place.
    const look = () => {
      if (current.seen.lost) {
        current = aReplica({ identity: `${index} from ${this.clock.now()}`, client, clock, chance });
        void current.start();
      }
      if (this.clock.monotonic() >= stopMs) current.stop();
      else this.clock.setTimeout(look, 500);
    };
    this.clock.setTimeout(() => void current.start(), startMs);
    this.clock.setTimeout(look, startMs);
    return { leads: () => current.elector.leading && this.fault(index, 'paused') === undefined };
  }

  private fault(replica: number, kind?: Fault['kind']): Fault | undefined {
    const now = this.clock.monotonic();
    const hits = (fault: Fault) => fault.replica === replica && fault.from <= now && now < fault.from + fault.ms;
    return this.faults.find((fault) => hits(fault) && (kind === undefined || fault.kind === kind));
  }

  /** How long a replica stands still from now on. */
  private resume(replica: number): number {
    const fault = this.fault(replica, 'paused');
    return fault ? fault.from + fault.ms - this.clock.monotonic() : 0;
  }

  private network(replica: number): Client {
    const carry = async <T>(call: () => Promise<T>): Promise<T> => {
      await sleep(this.clock, delays(this.fault(replica)));
      if (this.fault(replica, 'request lost')) return hang();
      const answer = await settled(call);
      const late = this.fault(replica);
      await sleep(this.clock, delays(late));
      if (late?.kind === 'answer lost' || this.fault(replica, 'answer lost')) return hang();
      await sleep(this.clock, this.resume(replica));
      return answer();
    };
    const { server } = this;
    return Object.assign(Object.create(server) as Client, {
      get: () => carry(() => server.get(leases, leaseKey)),
      create: (_: unknown, object: object) => carry(() => server.create(leases, object as never)),
      update: (_: unknown, object: object) => carry(() => server.update(leases, object as never)),
    });
  }
}

/**
 * A replica's clock: off by some time, too fast or too slow, and its timers wait while the process stands still. Like
 * the real one it never fires earlier than asked, nor within the same millisecond.
 */
class SkewedClock implements Clock {
  private readonly skew: { base: ManualClock; rate: number; offsetMs: number; resume: () => number };

  constructor(skew: SkewedClock['skew']) {
    this.skew = skew;
  }

  now(): number {
    return this.skew.base.now() + this.skew.offsetMs;
  }

  monotonic(): number {
    return this.skew.base.monotonic() * this.skew.rate + Math.abs(this.skew.offsetMs);
  }

  setTimeout(fn: () => void, ms: number): Timer {
    const { base, rate, resume } = this.skew;
    const timer: { id: Timer } = { id: base.setTimeout(() => fire(), Math.max(1, Math.ceil(ms / rate))) };
    const fire = () => {
      const wait = resume();
      if (wait > 0) timer.id = base.setTimeout(fire, wait);
      else fn();
    };
    return { id: timer };
  }

  clearTimeout(timer: Timer): void {
    this.skew.base.clearTimeout((timer.id as { id: Timer }).id);
  }
}

function hang(): Promise<never> {
  return new Promise((_, reject) => {
    void reject;
  });
}

/** The answer of a call, kept until it arrives at the replica. */
async function settled<T>(call: () => Promise<T>): Promise<() => T> {
  try {
    const value = await call();
    return () => value;
  } catch (error) {
    return () => {
      throw error instanceof Error ? error : failure('Unknown', leases, leaseKey);
    };
  }
}
