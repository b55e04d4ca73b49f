import { range } from './range.ts';

/** The first packet of a connection, when Services have become the addresses of pods already. */
export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp' | 'sctp';
  /** Belongs to a connection that was let through. */
  readonly established?: boolean;
}

interface ModelSet {
  readonly type: string;
  readonly entries: readonly string[];
}

/** Reads what `ipset restore` and `iptables-restore` would, and does with a packet what the kernel would. Throws on what it does not know. */
export function kernelModel(setText: string, ruleText: string) {
  const sets = readSets(setText);
  const chains = readChains(ruleText);
  const passes = (chain: string, packet: Packet): boolean | undefined => {
    for (const rule of chains.get(chain) ?? []) {
      const [, matches = '', target = ''] = /^(.*?) ?-j (\S+)$/.exec(rule) ?? [];
      if (!holds(matches, packet, sets)) continue;
      if (target === 'RETURN') return undefined;
      if (target === 'DROP') return false;
      const verdict = passes(target, packet);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  };
  return { passes: (packet: Packet) => passes('VISH-NP', packet) !== false };
}

function readSets(text: string): Map<string, ModelSet> {
  const sets = new Map<string, { type: string; entries: string[] }>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [command, name = '', first = '', ...rest] = line.split(' ');
    if (command === 'create') sets.set(name, { type: first, entries: [] });
    else sets.get(name)?.entries.push([first, ...rest].join(' '));
  }
  return sets;
}

function readChains(text: string): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line.startsWith(':')) chains.set(line.slice(1).split(' ')[0] ?? '', []);
    const [, chain = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain !== '') chains.get(chain)?.push(rule);
  }
  return chains;
}

type Match = (value: string, packet: Packet, sets: ReadonlyMap<string, ModelSet>) => boolean;

const matches: Readonly<Record<string, Match>> = {
  '-m conntrack --ctstate': (_, { established }) => established === true,
  '-p': (value, { protocol = 'tcp' }) => protocol === value,
  '--dport': (value, { port }) => {
    const [low = 0, high = low] = value.split(':').map(Number);
    return port >= low && port <= high;
  },
  '-s': (value, { source }) => range(value).has(source),
  '-d': (value, { destination }) => range(value).has(destination),
  '-m set --match-set': (value, packet, sets) => {
    const [name = '', sides = ''] = value.split(' ');
    const set = sets.get(name);
    if (set === undefined) throw new Error(`no set ${name}: the kernel would refuse all rules`);
    return isIn(set, sides, packet);
  },
};

const pattern = /(-m set --match-set|-m conntrack --ctstate|-p|-s|-d|--dport) (\S+(?: (?:src|dst)(?:,dst)?)?) ?/y;

function holds(text: string, packet: Packet, sets: ReadonlyMap<string, ModelSet>): boolean {
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const [, name = '', value = ''] = pattern.exec(text) ?? [];
    const match = matches[name];
    if (match === undefined) throw new Error(`the model does not know "${text.slice(at)}"`);
    const next = pattern.lastIndex;
    if (!match(value, packet, sets)) return false;
    pattern.lastIndex = next;
  }
  return true;
}

function isIn({ type, entries }: ModelSet, sides: string, packet: Packet): boolean {
  const address = sides.startsWith('src') ? packet.source : packet.destination;
  if (type === 'hash:ip') return entries.includes(address);
  if (type === 'hash:ip,port') return entries.includes(`${address},${packet.protocol ?? 'tcp'}:${packet.port}`);
  const holding = entries
    .map((entry) => ({ range: range(entry.split(' ')[0] ?? ''), no: entry.endsWith('nomatch') }))
    .filter((entry) => entry.range.has(address))
    .sort((one, other) => other.range.bits - one.range.bits);
  return holding[0]?.no === false;
}
