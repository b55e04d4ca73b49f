import { expect, it } from 'vitest';
import { micros } from './micros.ts';

it('keeps microseconds, which Date would drop', () => {
  expect(micros('2026-01-01T00:00:01.000250Z') - micros('2026-01-01T00:00:00.999999Z')).toBe(251);
  expect(micros('2026-01-01T00:00:01Z') - micros('2026-01-01T00:00:00.5Z')).toBe(500_000);
});
