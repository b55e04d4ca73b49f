import type { Registry } from 'prom-client';
import { createOutbound, dnsResolver, type Outbound } from '../outbound/outbound.ts';
import { createPodsOutbound } from '../outbound/pods.ts';
import type { Clock } from '../seams/clock.ts';
import type { Random } from '../seams/random.ts';
import type { Settings } from '../settings/schema.ts';
import { Follower } from '../source/follow/follower.ts';
import { FollowerMetrics } from '../source/follow/metrics.ts';
import { resolveRef } from '../source/resolve-ref.ts';

export interface Outside {
  readonly outbound: Outbound;
  readonly follower: Follower;
  /** To one port of pods whose addresses are known to be ours; to be closed after one request. */
  readonly toPods: (port: number) => Outbound;
}

export interface OutsideOptions {
  readonly settings: Settings['outbound'];
  readonly clock: Clock;
  readonly random: Random;
  readonly registry: Registry;
}

/** Everything that is reached at an address of a user's, and what is made for users. */
export function createOutside({ settings, clock, random, registry }: OutsideOptions): Outside {
  const { allow, clusterRanges, apiServers, ca } = settings;
  const shared = { clock, resolver: dnsResolver(), exceptions: allow, apiServers };
  const outbound = createOutbound({ ...shared, clusterRanges, ...(ca === undefined ? {} : { ca: [ca] }) });
  const toPods = (port: number) => createPodsOutbound(shared, port);
  const resolve = (request: Parameters<typeof resolveRef>[1]) => resolveRef(outbound, request);
  const follower = new Follower({ clock, random, metrics: new FollowerMetrics(registry), resolve });
  return { outbound, follower, toPods };
}
