import { expect, it } from 'vitest';
import { fargateSize, sizeHint } from './size.ts';

it.each([
  ['100m', '512Mi', 256, 512],
  ['0.25', '300Mi', 256, 512],
  ['250m', '513Mi', 256, 1024],
  ['250m', '3Gi', 512, 3072],
  ['251m', '512Mi', 512, 1024],
  [1, '1Gi', 1024, 2048],
  ['2', '5G', 2048, 5120],
  ['3', '30Gi', 4096, 30_720],
  ['4', '31Gi', 8192, 32_768],
  ['16', '120Gi', 16_384, 122_880],
  [0, 0, 256, 512],
])('runs cpu %s and memory %s in the smallest size that holds both', (cpu, memory, units, mib) => {
  expect(fargateSize(cpu, memory)).toEqual({ cpu: units, memory: mib });
});

it.each([
  ['17', '1Gi'],
  ['1', '121Gi'],
  ['1k', '1Gi'],
  ['1.2.3e', '1Gi'],
])('refuses cpu %s and memory %s, and says what is possible', (cpu, memory) => {
  expect(() => fargateSize(cpu, memory)).toThrow(expect.objectContaining({ reason: 'Unsupported' }) as Error);
  expect(() => fargateSize(cpu, memory)).toThrow(/120Gi/u);
});

it('says what it runs instead when no size is exact', () => {
  expect(sizeHint('100m', '512Mi', { cpu: 256, memory: 512 })).toContain('cpu 0.25 and memory 512Mi');
  expect(sizeHint('0.25', '0.5Gi', { cpu: 256, memory: 512 })).toBeUndefined();
});
