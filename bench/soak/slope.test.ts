import { expect, it } from 'vitest';
import { slopePerHour } from './slope.ts';

const minutes = Array.from({ length: 30 }, (_, minute) => minute * 60);

it('finds steady growth, whatever the start', () => {
  const points = minutes.map((seconds) => ({ seconds, value: 200 + seconds / 360 }));

  expect(slopePerHour(points)).toBeCloseTo(10, 6);
});

it('a sawtooth that comes back is flat', () => {
  const points = minutes.map((seconds, index) => ({ seconds, value: 200 + (index % 5) }));

  expect(Math.abs(slopePerHour(points))).toBeLessThan(2);
});

it('one point has no slope', () => {
  expect(slopePerHour([{ seconds: 5, value: 1 }])).toBe(0);
});
