import { expect, it } from 'vitest';
import { compareSnapshots } from './snapshot.ts';

it('finds nothing between two machines that are the same', () => {
  expect(compareSnapshots({ links: ['lo', 'eth0'] }, { links: ['eth0', 'lo'] })).toEqual([]);
});

it('names what was left and what is missing', () => {
  const before = { links: ['lo'], settings: ['net/ipv4/ip_forward=0'] };
  const after = { links: ['lo', 'vish0'], settings: ['net/ipv4/ip_forward=1'] };

  expect(compareSnapshots(before, after)).toEqual([
    '+ links: vish0',
    '- settings: net/ipv4/ip_forward=0',
    '+ settings: net/ipv4/ip_forward=1',
  ]);
});
