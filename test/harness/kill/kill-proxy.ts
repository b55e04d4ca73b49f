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
  /** Lets traffic pass again, and forgets a strike that was not reached. */
  resume(): void;
  /** Starts counting anew. */
  forget(): void;
  close(): Promise<void>;
}

/**
 * Stands between an operator and its API server. It takes HTTP/1.1 and HTTP/2 as they come. With an upstream without
 * certificate a token is passed on, so that the operator keeps exactly the rights that it has.
 */
export async function startKillProxy(options: Omit<FaultProxyOptions, 'always'>): Promise<KillProxy> {
  const writes: Write[] = [];
  let planned: Strike | undefined;
  let dead = false;

  const strike = (plan: Strike) => {
    planned = undefined;
    dead = true;
    faults.tcp.refuse(true);
    faults.tcp.reset();
    plan.kill();
  };
  const always: Action = {
    intercept(exchange) {
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
    resume,
    forget: () => void writes.splice(0),
    close: () => faults.close(),
  };
}
