import { type Endpoint, endpointsOf } from './endpoints.ts';
import type { NetworkPolicy, Peer, PolicyPort, PolicyRule, PolicySpec, World } from './kinds.ts';
import { selects } from './selector.ts';
import { type AddressSet, isV4, prefix, Sets } from './sets.ts';

export interface Ruleset {
  readonly sets: readonly AddressSet[];
  /** Chain to its rules, as iptables-restore reads them. */
  readonly chains: Readonly<Record<string, readonly string[]>>;
}

/** A direction as seen from the pods that a policy is about. */
interface Direction {
  readonly type: 'Ingress' | 'Egress';
  readonly chain: string;
  /** Which address of a packet is the pod's own, and which the other's. */
  readonly own: 'src' | 'dst';
  readonly peer: 'src' | 'dst';
}

const egress: Direction = { type: 'Egress', chain: `${prefix}-OUT`, own: 'src', peer: 'dst' };
const ingress: Direction = { type: 'Ingress', chain: `${prefix}-IN`, own: 'dst', peer: 'src' };

/**
 * What the kernel is told. A connection has to pass both directions: the first chain lets it on to the second. Only
 * connections that begin are judged; what belongs to one that was let through passes.
 */
export function rulesetOf(world: World): Ruleset {
  const endpoints = endpointsOf(world);
  const sets = new Sets();
  const [out, into] = [egress, ingress].map((direction) => chainOf(direction, world.policies, endpoints, sets));
  const top = [...returnAnswers, ...(out?.entry ?? []), ...(into?.entry ?? [])];
  return {
    chains: { [prefix]: top, [egress.chain]: out?.rules ?? [], [ingress.chain]: into?.rules ?? [] },
    sets: sets.all,
  };
}

const returnAnswers = ['-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN'];

function chainOf(
  direction: Direction,
  policies: World['policies'],
  endpoints: readonly Endpoint[],
  sets: Sets,
): { entry: string[]; rules: string[] } {
  const held = policies.filter(({ spec }) => spec !== undefined && typesOf(spec).includes(direction.type));
  const subjects = held.map((policy) => ({ policy, pods: subjectsOf(policy, endpoints) }));
  const isolated = [...new Set(subjects.flatMap(({ pods }) => pods.map(({ address }) => address)))].sort();
  if (isolated.length === 0) return { entry: [], rules: [] };
  const allowed = subjects.flatMap(({ policy, pods }) =>
    pods.length === 0 ? [] : allowedBy(direction, policy, { pods, endpoints, sets }),
  );
  // Nobody can keep a pod from itself, by way of its own Service for one.
  const itself = isolated.map((address) => `-s ${address}/32 -d ${address}/32 -j RETURN`);
  return {
    entry: [`${inSet(sets.addresses(isolated), direction.own)} -j ${direction.chain}`],
    rules: [...new Set(allowed), ...itself, '-j DROP'],
  };
}

/** The API server fills this in; a policy without it is one for connections to its pods, and from them where it says so. */
function typesOf({ policyTypes, egress: rules = [] }: PolicySpec): readonly string[] {
  return policyTypes ?? (rules.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
}

function subjectsOf({ metadata, spec }: NetworkPolicy, endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.filter(
    ({ namespace, labels }) => namespace === metadata?.namespace && selects(spec?.podSelector ?? {}, labels),
  );
}

interface Scene {
  readonly pods: readonly Endpoint[];
  readonly endpoints: readonly Endpoint[];
  readonly sets: Sets;
}

function allowedBy(direction: Direction, { metadata, spec }: NetworkPolicy, scene: Scene): string[] {
  const rules = (direction.type === 'Ingress' ? spec?.ingress : spec?.egress) ?? [];
  const own = inSet(scene.sets.addresses(scene.pods.map(({ address }) => address)), direction.own);
  return rules.flatMap((rule) =>
    peersOf(direction, rule, metadata?.namespace ?? '', scene).flatMap((peer) =>
      portsOf(direction, rule, scene).map((port) => [own, peer, port, '-j RETURN'].filter(Boolean).join(' ')),
    ),
  );
}

/** A match for each way in which the other end may be one of the rule's peers; the empty match is everybody. */
function peersOf(direction: Direction, rule: PolicyRule, namespace: string, { endpoints, sets }: Scene): string[] {
  const peers = (direction.type === 'Ingress' ? rule.from : rule.to) ?? [];
  if (peers.length === 0) return [''];
  const pods = endpoints.filter((endpoint) => peers.some((peer) => isPeer(peer, endpoint, namespace)));
  // Pods have IPv4 addresses only, so a range of IPv6 holds nobody.
  const blocks = peers.flatMap(({ ipBlock }) => (ipBlock && isV4(ipBlock.cidr) ? [ipBlock] : []));
  return [
    ...(pods.length === 0 ? [] : [inSet(sets.addresses(pods.map(({ address }) => address)), direction.peer)]),
    ...blocks.map(({ cidr, except = [] }) => inSet(sets.block(cidr, except), direction.peer)),
  ];
}

function isPeer({ ipBlock, podSelector, namespaceSelector }: Peer, endpoint: Endpoint, namespace: string): boolean {
  if (ipBlock !== undefined) return false;
  const rightNamespace = namespaceSelector
    ? selects(namespaceSelector, endpoint.namespaceLabels)
    : endpoint.namespace === namespace;
  return rightNamespace && (podSelector === undefined || selects(podSelector, endpoint.labels));
}

/** A match for each of the rule's ports; the empty match is every port and protocol. */
function portsOf(direction: Direction, { ports = [] }: PolicyRule, scene: Scene): string[] {
  if (ports.length === 0) return [''];
  // A name means a port of the pod that is connected to.
  const receivers = direction.type === 'Ingress' ? scene.pods : scene.endpoints;
  return ports.flatMap((port) => portMatch(port, receivers, scene.sets));
}

function portMatch({ protocol = 'TCP', port, endPort }: PolicyPort, receivers: readonly Endpoint[], sets: Sets) {
  const match = `-p ${protocol.toLowerCase()}`;
  if (port === undefined) return [match];
  if (typeof port === 'number') return [`${match} --dport ${endPort === undefined ? port : `${port}:${endPort}`}`];
  const named = receivers.flatMap(({ address, ports }) =>
    ports
      .filter((found) => found.name === port && found.protocol === protocol)
      .map((found) => `${address},${protocol.toLowerCase()}:${found.port}`),
  );
  return named.length === 0 ? [] : [`${match} ${inSet(sets.ports(named), 'dst,dst')}`];
}

function inSet(name: string, side: 'src' | 'dst' | 'dst,dst'): string {
  return `-m set --match-set ${name} ${side}`;
}
