import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainLine, Tail } from './lines.ts';

it('takes out terminal control, other control characters and secrets', () => {
  expect(plainLine('\u001b[31mfetch https://user:pa55@host\u001b[0m\u0007', ['pa55'])).toBe(
    'fetch https://user:***@host',
  );
});

it('shows the last state of a line that overwrites itself', () => {
  expect(plainLine('10%\r50%\r100%')).toBe('100%');
});

it('keeps the same last lines, in whatever pieces the text comes', () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') }), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (pieces) => {
      const tail = new Tail(5);
      for (const piece of pieces) tail.add(piece);
      const lines = pieces.join('').split('\n');
      const recent = lines.slice(-6).filter((line) => line.trim() !== '');
      expect(tail.last()).toEqual(recent.slice(-5));
    }),
  );
});

it('does not grow with a line that never ends', () => {
  const tail = new Tail(3);
  for (let piece = 0; piece < 1000; piece++) tail.add('x'.repeat(1000));

  expect(tail.last().join('').length).toBeLessThanOrEqual(512);
});
