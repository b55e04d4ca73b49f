import { BlockList } from 'node:net';

/** A range of IPv4 addresses, or one address. */
export function range(cidr: string) {
  const [address = '', prefix = '32'] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(prefix));
  return { bits: Number(prefix), has: (other: string) => list.check(other) };
}
