import type { Action } from '../../support/fault-proxy/actions.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from '../../support/fault-proxy/fault-proxy.ts';
import { isWrite, type Write } from './writes.ts';

/**
 * When the operator dies: as soon as the server has done its n-th write and before it hears of it, or when it is about to
 * send the next one, with all behind it that it does between the two (a registry, a cloud).
 */
export type Moment = 'AfterWrite' | 'BeforeNext';

export interface Strike {
  /** The last write that the server does. */
  after: number;
  moment: Moment;
  /** Must not throw. */
  kill(): void;
}

/** All that the fault proxy can do, and a knife: it counts the writes and kills whoever makes them. */
export interface KillProxy {
  /** For delays, lost watch events, stale lists and the rest. */
  readonly faults: FaultProxy;
  /** Writes that the server answered, since the last `forget`. */
  readonly writes: readonly Write[];
  /** Calls `kill` once, at that moment; from then on nothing passes until `resume`. */
  strike(strike: Strike): void;
  /** Calls `act` once, when the n-th write is about to be sent; that one and all that come meanwhile go when it is done. */
  beforeWrite(number: number, act: () => void | Promise<void>): void;
  /** Lets traffic pass again, and forgets a strike that was not reached. */
  resume(): void;
  /** Starts counting anew, and forgets what was to be done before a write. */
  forget(): void;
  close(): Promise<void>;
}

/**
 * Stands between an operator and its API server. It takes HTTP/1.1 and HTTP/2 as they come. With an upstream without
 * certificate a token is passed on, so that the operator keeps exactly the rights that it has.
 */
export async function startKillProxy(options: Omit<FaultProxyOptions, 'always'>): Promise<KillProxy> {
  const writes: Write[] = [];
  const acts: { number: number; act(): void | Promise<void> }[] = [];
  let planned: Strike | undefined;
  let dead = false;
  let sent = 0;
  let acting: void | Promise<void>;

  const strike = (plan: Strike) => {
    planned = undefined;
    dead = true;
    faults.tcp.refuse(true);
    faults.tcp.reset();
    plan.kill();
  };
  // Of those that were sent: several are under way side by side.
  const writeComes = async () => {
    sent++;
    const due = acts.findIndex(({ number }) => number <= sent);
    if (due >= 0) acting = acts.splice(due, 1)[0]?.act();
    // One sent beside it could be answered first, as the n-th, and the strike would come before what it needs.
    await acting;
  };
  const always: Action = {
    async intercept(exchange) {
      if (isWrite(exchange)) await writeComes();
      if (planned?.moment === 'BeforeNext' && writes.length >= planned.after && isWrite(exchange)) strike(planned);
      return dead;
    },
    answered(exchange, status) {
      if (!isWrite(exchange)) return dead;
      const { method, path } = exchange;
      writes.push({ number: writes.length + 1, method, path: path.split('?')[0] ?? path, status });
      if (planned?.moment === 'AfterWrite' && writes.length >= planned.after) strike(planned);
      return dead;
    },
  };
  const faults = await startFaultProxy({ ...options, always });
  const resume = () => {
    planned = undefined;
    dead = false;
    faults.tcp.refuse(false);
  };
  return {
    faults,
    writes,
    strike: (strike) => void (planned = strike),
    beforeWrite: (number, act) => void acts.push({ number, act }),
    resume,
    forget() {
      writes.splice(0);
      // Many runs go through one proxy, and each request keeps its headers.
      faults.requests.splice(0);
      sent = 0;
      acts.splice(0);
      acting = undefined;
    },
    close: () => faults.close(),
  };
}
