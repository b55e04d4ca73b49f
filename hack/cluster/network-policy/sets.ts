import { createHash } from 'node:crypto';

/** Every chain and set of ours begins so, and nobody else's: what is left behind is found by it. */
export const prefix = 'VISH-NP';

export interface AddressSet {
  /** From the content, so a set never changes: rules that are replaced at once bring sets of their own. */
  readonly name: string;
  readonly type: 'hash:ip' | 'hash:net' | 'hash:ip,port';
  readonly entries: readonly string[];
}

/** The sets that the rules name. Equal ones are one. */
export class Sets {
  private readonly byName = new Map<string, AddressSet>();

  get all(): readonly AddressSet[] {
    return [...this.byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  addresses(addresses: readonly string[]): string {
    return this.add('hash:ip', addresses);
  }

  /** `10.0.0.5,tcp:8080`: ports that have other numbers on other pods. */
  ports(entries: readonly string[]): string {
    return this.add('hash:ip,port', entries);
  }

  /** A range without some ranges inside it; the narrowest entry decides. */
  block(cidr: string, except: readonly string[]): string {
    const holes = except.filter(isV4).flatMap(halves);
    return this.add('hash:net', [...halves(cidr), ...holes.map((hole) => `${hole} nomatch`)]);
  }

  private add(type: AddressSet['type'], unordered: readonly string[]): string {
    const entries = [...new Set(unordered)].sort();
    const hash = createHash('sha256')
      .update([type, ...entries].join('\n'))
      .digest('hex');
    const name = `${prefix}-${hash.slice(0, 20)}`;
    this.byName.set(name, { name, type, entries });
    return name;
  }
}

export function isV4(cidr: string): boolean {
  return !cidr.includes(':');
}

/** The kernel's sets have no room for "everything". */
function halves(cidr: string): string[] {
  return cidr.endsWith('/0') ? ['0.0.0.0/1', '128.0.0.0/1'] : [cidr];
}
