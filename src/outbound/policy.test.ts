import ipaddr from 'ipaddr.js';
import { expect, it } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import { compilePolicy, judge } from './policy.ts';
import { contains, ranges } from './ranges.ts';
import { parseTarget } from './target.ts';

const cluster = { clusterRanges: ['10.96.0.0/12', '2600:1f00:aaaa::/48'], apiServers: ['52.1.2.3'] };

function verdict(host: string, options: Parameters<typeof compilePolicy>[0] = {}, addresses?: readonly string[]) {
  const target = parseTarget(host.includes('://') ? host : `https://${host}`);
  return judge(compilePolicy({ ...cluster, ...options }), target, addresses ?? [target.host])?.code ?? 'passes';
}

const octet = fc.integer({ min: 0, max: 255 });
const octets = (...first: readonly (number | readonly [number, number])[]): fc.Arbitrary<number[]> => {
  const parts = first.map((part) =>
    typeof part === 'number' ? fc.constant(part) : fc.integer({ min: part[0], max: part[1] }),
  );
  return fc.tuple(...parts, ...Array.from({ length: 4 - parts.length }, () => octet));
};
const refusedV4 = fc.oneof(
  ...[0, 10, 127, 224, 239, 240, 255].map((first) => octets(first)),
  octets(169, 254),
  octets(192, 168),
  octets(172, [16, 31]),
  octets(100, [64, 127]),
  octets(168, 63, 129, 16),
  octets(52, 1, 2, 3),
);

/** Ways of writing an IPv4 address as a host: any base for any part, any number of parts, or inside an IPv6 address. */
const representation = fc.tuple(
  fc.constantFrom(1, 2, 3, 4),
  fc.array(fc.constantFrom(10, 16, 8), { minLength: 4, maxLength: 4 }),
  fc.constantFrom('', '.'),
);

function number(value: number, base: number | undefined): string {
  if (base === 16) return `0x${value.toString(16)}`;
  return base === 8 ? `0${value.toString(8)}` : `${value}`;
}

function written(octets: number[], [parts, bases, dot]: [number, number[], string]): string {
  const heads = octets.slice(0, parts - 1);
  const tail = octets.slice(parts - 1).reduce((sum, part) => sum * 256 + part, 0);
  return [...heads, tail].map((value, at) => number(value, bases[at])).join('.') + dot;
}

const hex = (octets: number[]) => {
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
};
const embeddings: readonly ((inner: string) => string)[] = [
  (inner) => `[::ffff:${inner}]`,
  (inner) => `[0:0:0:0:0:FFFF:${inner}]`,
  (inner) => `[64:ff9b::${inner}]`,
  (inner) => `[64:ff9b:1::${inner}]`,
  (inner) => `[2002:${inner}::1]`,
  (inner) => `[2001:0:4136:e378::${inner}]`,
  (inner) => `[::${inner}]`,
  (inner) => `[2606:4700:1:2:0:5efe:${inner}]`,
];

it('refuses every representation of a refused IPv4 address', () => {
  fc.assert(
    fc.property(refusedV4, representation, (octets, form) => {
      expect(verdict(written(octets, form))).toBe('AddressRefused');
    }),
    { numRuns: 2_000 },
  );
});

it('refuses a refused IPv4 address inside any IPv6 form', () => {
  fc.assert(
    fc.property(refusedV4, fc.constantFrom(...embeddings), (octets, embed) => {
      expect(verdict(embed(hex(octets)))).toBe('AddressRefused');
    }),
    { numRuns: 2_000 },
  );
});

/** The judge of public addresses is the library's own table, which ours was not made from. */
const publicV4 = octets()
  .map((all) => new ipaddr.IPv4(all))
  .filter((address) => address.range() === 'unicast' && !['168.63.129.16', '52.1.2.3'].includes(address.toString()));
const word = fc.integer({ min: 0, max: 0xffff });
const publicV6 = fc
  .tuple(fc.integer({ min: 0x2000, max: 0x3ffe }), ...Array.from({ length: 7 }, () => word))
  .map((parts) => new ipaddr.IPv6(parts))
  .filter((address) => address.range() === 'unicast' && address.parts[5] !== 0x5efe)
  .filter((address) => !ranges('', ['2600:1f00:aaaa::/48']).some((range) => contains(range, address)));

it('lets public addresses pass in every representation', () => {
  fc.assert(
    fc.property(publicV4, representation, (address, form) => {
      expect(verdict(written(address.octets, form))).toBe('passes');
      expect(verdict(`[::ffff:${hex(address.octets)}]`)).toBe('passes');
      expect(verdict(`[64:ff9b::${hex(address.octets)}]`)).toBe('passes');
      expect(verdict('name.test', {}, [address.toString()])).toBe('passes');
    }),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(publicV6, (address) => {
      expect(verdict(`[${address.toString()}]`)).toBe('passes');
    }),
  );
});

it('refuses every address that the library does not call unicast', () => {
  const any = fc.oneof(
    octets().map((all) => new ipaddr.IPv4(all)),
    fc.array(word, { minLength: 8, maxLength: 8 }).map((parts) => new ipaddr.IPv6(parts)),
  );
  fc.assert(
    fc.property(any, (address) => {
      fc.pre(address.range() !== 'unicast');
      expect(verdict('name.test', {}, [address.toString()])).toBe('AddressRefused');
    }),
    { numRuns: 2_000 },
  );
});

const exceptions: readonly (readonly [sentence: string, expected: string, host: string, cidr: string])[] = [
  ['a private range opens its addresses', 'passes', '10.1.2.3', '10.0.0.0/8'],
  ['a private range does not open the cluster network in it', 'AddressRefused', '10.96.0.10', '10.0.0.0/8'],
  ['one address of the cluster network opens that address', 'passes', '10.96.0.10', '10.96.0.10/32'],
  ['one address does not open its neighbour', 'AddressRefused', '10.96.0.11', '10.96.0.10'],
  ['everything opens nothing', 'AddressRefused', '10.1.2.3', '0.0.0.0/0'],
  ['link-local does not open the metadata service', 'AddressRefused', '169.254.169.254', '169.254.0.0/16'],
  ['the metadata address itself opens it', 'passes', '169.254.169.254', '169.254.169.254'],
  ['a public range does not open the API server in it', 'AddressRefused', '52.1.2.3', '52.0.0.0/8'],
  ['an IPv4 range opens its mapped form', 'passes', '[::ffff:10.1.2.3]', '10.0.0.0/8'],
  ['a local IPv6 range opens its addresses', 'passes', '[fd00:1::1]', 'fd00:1::/32'],
  ['all IPv6 does not open loopback', 'AddressRefused', '[::1]', '::/0'],
];

it.each(exceptions)('an exception for %s', (_sentence, expected, host, cidr) => {
  expect(verdict(host, { exceptions: [{ cidr }] })).toBe(expected);
});

it('judges a translated address as itself too', () => {
  expect(verdict('[64:ff9b::8.8.8.8]', { clusterRanges: ['64:ff9b::808:0/112'] })).toBe('AddressRefused');
});

const cidr = '10.1.0.0/16';
const doors = [
  ['holds for its port', 'passes', 'https://10.1.2.3:8443', { cidr, port: 8443 }],
  ['does not hold for another port', 'AddressRefused', 'https://10.1.2.3', { cidr, port: 8443 }],
  ['without a port does not open ports', 'PortRefused', 'https://10.1.2.3:8443', { cidr }],
  ['opens a port for its addresses alone', 'PortRefused', 'https://8.8.8.8:8443', { cidr, port: 8443 }],
  ['does not allow plain http', 'SchemeRefused', 'http://10.1.2.3', { cidr }],
  ['allows plain http when it says so', 'passes', 'http://10.1.2.3', { cidr, http: true }],
  ['allows plain http for its addresses alone', 'SchemeRefused', 'http://8.8.8.8', { cidr, http: true }],
  ['holds for its host', 'passes', 'https://git.test', { cidr, host: 'GIT.test.' }],
  ['does not hold for another host', 'AddressRefused', 'https://evil.test', { cidr, host: 'git.test' }],
] as const;

it.each(doors)('an exception %s', (_sentence, expected, url, exception) => {
  const addresses = url.includes('test') ? ['10.1.2.3'] : undefined;

  expect(verdict(url, { exceptions: [exception] }, addresses)).toBe(expected);
});

it.each([
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/',
  '010.0.0.0/8',
  'fe80::1%lo',
  '10.0.0.0/8/8',
  'localhost',
  '::/129',
  '',
])('refuses to start with %j as a range', (cidr) => {
  expect(() => compilePolicy({ exceptions: [{ cidr }] })).toThrow('is not a range of addresses');
});
