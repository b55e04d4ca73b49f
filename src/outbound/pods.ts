import type { OutboundOptions } from './options.ts';
import { createOutbound, type Outbound } from './outbound.ts';
import { privateNetworks } from './ranges.ts';

type PodsOptions = Omit<OutboundOptions, 'clusterRanges' | 'allowHttp' | 'ports'>;

/**
 * A way to one port of pods, in plain http as a probe asks. Private networks and those of the cluster are open to it, so it is
 * only for addresses that were read from pods of our own, never for one that a user wrote. Loopback, metadata services and the
 * API server stay refused, should a pod have such an address. To be closed after the one request that it was made for: the
 * next pod with this address may be somebody else's.
 */
export function createPodsOutbound(options: PodsOptions, port: number): Outbound {
  const { exceptions = [] } = options;
  const inside = privateNetworks.map((cidr) => ({ cidr, port }));
  return createOutbound({ ...options, exceptions: [...exceptions, ...inside], ports: [port], allowHttp: true });
}
