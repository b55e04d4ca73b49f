import { expect, it } from 'vitest';
import { freeRange } from './hollow.ts';

it.each([
  { addresses: [], range: '10.128.0.0/13' },
  { addresses: [''], range: '10.128.0.0/13' },
  { addresses: ['10.128.0.1', '10.135.255.254'], range: '10.136.0.0/13' },
  { addresses: ['10.136.0.1'], range: '10.128.0.0/13' },
  { addresses: ['10.128.0.1', '10.137.4.2', '100.64.0.0'], range: '10.144.0.0/13' },
])('takes $range for new pods when $addresses are in use', ({ addresses, range }) => {
  expect(freeRange(addresses)).toBe(range);
});

it('says what to do when no range is left', () => {
  const addresses = Array.from({ length: 16 }, (_, at) => `10.${128 + at * 8}.0.1`);

  expect(() => freeRange(addresses)).toThrow('delete some of them');
});
