import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface Range {
  readonly name: string;
  readonly network: Address;
  readonly bits: number;
}

/**
 * What may never be reached without an exception: the registries of special-purpose addresses of IANA, and the
 * metadata services of the clouds, some of which have addresses that look public. Own table, because ipaddr.js has
 * names for ranges but not the clouds', and a range's width decides which exception opens it.
 */
const table = {
  'metadata service': `169.254.169.254 169.254.170.2 169.254.170.23 169.254.0.23 169.254.42.42 100.100.100.200
    168.63.129.16 192.0.0.192 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42 fe80::a9fe:a9fe fd00:c1::a9fe:a9fe`,
  loopback: '127.0.0.0/8 ::1',
  unspecified: '0.0.0.0/8 ::',
  'link-local': '169.254.0.0/16 fe80::/10',
  multicast: '224.0.0.0/4 ff00::/8',
  broadcast: '255.255.255.255',
  'private network': '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10',
  // Tunnels and translations that carry an IPv4 address nobody checked: compatible, 6to4, Teredo, local NAT64.
  'embedded address': '::/96 2002::/16 2001::/32 64:ff9b:1::/48 192.88.99.0/24',
  reserved: `192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 192.31.196.0/24
    192.52.193.0/24 192.175.48.0/24 2001::/23 2001:db8::/32 3fff::/20 2620:4f:8000::/48 100::/64`,
} as const satisfies Readonly<Record<string, string>>;

export const specialRanges: readonly Range[] = Object.entries(table).flatMap(([name, list]) =>
  ranges(name, list.split(/\s+/)),
);

/** Where pods have their addresses, and nodes, and much else. */
export const privateNetworks: readonly string[] = table['private network'].split(' ');

const publicV6 = range('public', '2000::/3');
const translated = range('NAT64', '64:ff9b::/96');
const outsidePublicV6 = range('reserved', '::/0');

export function ranges(name: string, cidrs: readonly string[]): Range[] {
  return cidrs.map((cidr) => range(name, cidr));
}

/** Reads `10.0.0.0/8` or one address; throws on anything else, because a typing error here would open or shut too much. */
export function range(name: string, cidr: string): Range {
  const [, address = '', prefix] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(cidr) ?? [];
  const family = isIP(address);
  const width = family === 4 ? 32 : 128;
  const bits = Number(prefix ?? width);
  if (family === 0 || bits > width) {
    throw new Error(`${JSON.stringify(cidr)} is not a range of addresses; write it as 10.0.0.0/8 or 2001:db8::/32`);
  }
  return { name, network: ipaddr.parse(address), bits };
}

export function contains(outer: Range, address: Address): boolean {
  return outer.network.kind() === address.kind() && address.match([outer.network, outer.bits] as never);
}

/** Whether all of `inner` lies in `outer`. */
export function within(inner: Range, outer: Range): boolean {
  return inner.bits >= outer.bits && contains(outer, inner.network);
}

/**
 * The addresses that one address really reaches: a mapped one is its IPv4 address, a translated one (NAT64, which
 * every host has in a cluster with IPv6 only) is itself and the IPv4 address inside. Undefined when it is no address.
 */
export function reaches(text: string): Address[] | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return [address];
  const v6 = address as ipaddr.IPv6;
  if (v6.isIPv4MappedAddress()) return [v6.toIPv4Address()];
  if (!contains(translated, v6)) return [v6];
  return [v6, new ipaddr.IPv4(v6.toByteArray().slice(12))];
}

/** The refused ranges that hold for every IPv6 address that no registry lists as public. */
export function shapeRanges(address: Address): Range[] {
  if (address.kind() === 'ipv4') return [];
  const outside = contains(publicV6, address) || contains(translated, address) ? [] : [outsidePublicV6];
  return isIsatap(address as ipaddr.IPv6) ? [...outside, { ...outsidePublicV6, name: 'embedded address' }] : outside;
}

/** ISATAP carries an IPv4 address behind 0:5efe or 200:5efe, under any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  return address.parts[5] === 0x5efe && (address.parts[4] === 0 || address.parts[4] === 0x200);
}
