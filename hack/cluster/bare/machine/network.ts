import { run } from '../../../lib/run.ts';
import type { Network } from '../cluster.ts';
import { ownPort, type Ports } from '../ports.ts';
import { ensureRule } from './iptables.ts';

/** The node's own bridge: pods hang on it and it carries the node's address, so nothing listens to the outside. */
export const bridge = 'vish0';

/** 1022 pod addresses for the one node: rollout benchmarks run more pods than a /24 holds. */
export const nodeMask = 22;

/** Usual ranges first; the others are for machines whose own network uses the first ones. */
const podRanges = ['10.244.0.0/16', '10.245.0.0/16', '10.212.0.0/16', '172.29.0.0/16'];
const serviceRanges = ['10.96.0.0/16', '10.97.0.0/16', '10.213.0.0/16', '172.30.0.0/16'];

/** Picks ranges that none of the machine's routes touches. `routes` are destinations such as `192.168.1.0/24`. */
export function chooseNetwork(routes: readonly string[]): Network {
  const taken = routes.filter((route) => route.includes('.'));
  const podRange = podRanges.find((range) => !taken.some((route) => overlaps(range, route)));
  const serviceRange = serviceRanges.find((range) => !taken.some((route) => overlaps(range, route)));
  if (podRange === undefined || serviceRange === undefined) {
    throw new Error(
      `every range a cluster could use is routed already: ${[...podRanges, ...serviceRanges].join(', ')}`,
    );
  }
  return { podRange, serviceRange, nodeAddress: addressIn(podRange, 1) };
}

/** The address at `offset` in a /16 whose third byte is 0. */
export function addressIn(range: string, offset: number): string {
  return range.replace(/\.0\.0\/\d+$/, `.0.${offset}`);
}

/** The range of the node's own pods: the first of the cluster's. */
export function nodeRange(network: Network): string {
  return network.podRange.replace(/\/\d+$/, `/${nodeMask}`);
}

function overlaps(a: string, b: string): boolean {
  const [addressA, bitsA] = parseRange(a);
  const [addressB, bitsB] = parseRange(b);
  const shift = 32 - Math.min(bitsA, bitsB);
  return shift === 32 || addressA >>> shift === addressB >>> shift;
}

function parseRange(range: string): [number, number] {
  const [address = '', bits = '32'] = range.split('/');
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return [value, Number(bits)];
}

/** Destinations that the machine routes now, without the default route and our own bridge. */
export async function currentRoutes(): Promise<string[]> {
  const { stdout } = await run('ip', ['-4', 'route', 'show', 'table', 'all']);
  return stdout
    .split('\n')
    .filter((line) => /^\d/.test(line) && !line.includes(` dev ${bridge} `))
    .map((line) => line.split(' ')[0] ?? '');
}

export async function linkExists(name: string): Promise<boolean> {
  return (await run('ip', ['link', 'show', 'dev', name], { allowFailure: true })).code === 0;
}

/**
 * Of its own, and not that of a pod's end as bridges take it: with that pod's end it would change, and the other pods go on
 * sending to the old one for half a minute.
 */
const hardwareAddress = '0a:58:0a:f4:00:01';

/** Makes the bridge with the node's address and the rules that let pods out; a second call changes nothing. */
export async function ensureNetwork(network: Network, ports: Ports): Promise<void> {
  if (!(await linkExists(bridge))) await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await run('ip', ['link', 'set', bridge, 'address', hardwareAddress]);
  await run('ip', ['address', 'replace', `${network.nodeAddress}/${nodeMask}`, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  const pods = network.podRange;
  await ensureRule('nat', 'POSTROUTING', ['-s', pods, '!', '-d', pods, '-j', 'MASQUERADE']);
  // Docker and others drop what they do not know in FORWARD.
  await ensureRule('filter', 'FORWARD', ['-i', bridge, '-j', 'ACCEPT']);
  await ensureRule('filter', 'FORWARD', ['-o', bridge, '-j', 'ACCEPT']);
  await forwardLoopback(network, ports.registry, ports.registry);
  // Of the cluster's own ports: port 80 or 8080 of the loopback address may be somebody's.
  await forwardLoopback(network, ownPort(ports, 'gatewayHttp'), ports.gatewayHttp);
}

/** Lets 127.0.0.1 reach what listens on the node's address only: `localhost:5000` is a usual name for a registry. */
async function forwardLoopback(network: Network, from: number, to: number): Promise<void> {
  const match = ['-d', '127.0.0.1/32', '-p', 'tcp', '--dport', String(from)];
  await ensureRule('nat', 'OUTPUT', [...match, '-j', 'DNAT', '--to-destination', `${network.nodeAddress}:${to}`]);
}

export async function removeBridge(): Promise<void> {
  if (await linkExists(bridge)) await run('ip', ['link', 'delete', bridge]);
}
