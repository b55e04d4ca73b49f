import { describe, expect, it } from 'vitest';
import { parseHierarchies } from './cgroups.ts';
import { mountsBelow } from './mounts.ts';
import { addressIn, chooseNetwork, nodeRange } from './network.ts';

describe('the ranges of a cluster', () => {
  it('are the usual ones where the machine uses none of them', () => {
    expect(chooseNetwork(['192.168.1.0/24', '10.0.0.0/16'])).toEqual({
      podRange: '10.244.0.0/16',
      serviceRange: '10.96.0.0/16',
      nodeAddress: '10.244.0.1',
    });
  });

  it.each([['10.244.7.0/24'], ['10.244.0.0/15'], ['10.244.0.9']])('step aside for a route to %s', (route) => {
    expect(chooseNetwork([route]).podRange).not.toBe('10.244.0.0/16');
  });

  it('leave the usual ones for a private network that covers all of 10.x', () => {
    expect(chooseNetwork(['10.0.0.0/8'])).toMatchObject({ podRange: '172.29.0.0/16', serviceRange: '172.30.0.0/16' });
  });

  it('are refused with the reason when every one is routed', () => {
    expect(() => chooseNetwork(['0.0.0.0/1', '128.0.0.0/1'])).toThrow('is routed already');
  });

  it('give the node more addresses than a /24 has', () => {
    const network = chooseNetwork([]);

    expect(nodeRange(network)).toBe('10.244.0.0/22');
    expect(addressIn(network.serviceRange, 10)).toBe('10.96.0.10');
  });
});

describe('mounts below a folder', () => {
  const mounts = [
    'overlay /run/vish/node/a overlay rw 0 0',
    'proc /run/vish/node/a/proc proc rw 0 0',
    String.raw`tmpfs /home/my\040code/.vish/x tmpfs rw 0 0`,
    'tmpfs /run/vish/nodes tmpfs rw 0 0',
  ].join('\n');

  it('come deepest first and without namesakes', () => {
    expect(mountsBelow(mounts, ['/run/vish/node'])).toEqual(['/run/vish/node/a/proc', '/run/vish/node/a']);
  });

  it('are found in a folder with a space in its name', () => {
    expect(mountsBelow(mounts, ['/home/my code'])).toEqual(['/home/my code/.vish/x']);
  });
});

it('finds the cgroup hierarchies of both versions', () => {
  const mounts =
    'cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\nproc /proc proc rw 0 0';

  expect(parseHierarchies(mounts)).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified']);
});
