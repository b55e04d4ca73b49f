import { stringify } from 'yaml';
import { type Range, range, specialRanges, within } from '../../src/outbound/ranges.ts';

/** All that a NetworkPolicy can call public, by family. */
const wholes = { ipv4: range('everything', '0.0.0.0/0'), ipv6: range('public', '2000::/3') };

const note = `# Generated from src/outbound/ranges.ts by \`npm run generate\`: what the operator refuses to reach, builds do not reach either.
# Of IPv6 only 2000::/3 is public, so only what lies in it is listed. "nested" is what stays refused where the range around it
# is opened.
`;

/** The ranges that a build may not reach, for the chart: metadata services, private networks, link-local and reserved addresses. */
export function refusedRangesFile(): readonly [string, string] {
  const lists = Object.entries(wholes).map(([family, whole]) => [family, outermost(insideOf(whole)).map(cidr)]);
  const all = insideOf(wholes.ipv4);
  const outer = new Set(outermost(all));
  lists.push(['nested', all.filter((one) => !outer.has(one)).map(cidr)]);
  return ['config/network/refused-ranges.yaml', note + stringify(Object.fromEntries(lists))];
}

function insideOf(whole: Range): Range[] {
  return specialRanges.filter((special) => special.bits > whole.bits && within(special, whole));
}

/** What lies in another range needs no line of its own. */
function outermost(all: readonly Range[]): Range[] {
  return all.filter((one) => !all.some((other) => other !== one && other.bits < one.bits && within(one, other)));
}

function cidr({ network, bits }: Range): string {
  return `${network.toString()}/${bits}`;
}
