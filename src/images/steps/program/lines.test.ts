import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { Redactor } from '../../../kube/log/redactor.ts';
import { hideFromLines, plainLine, Tail } from './lines.ts';

it.each([
  ['colours and the bell', '\u001b[31mred\u001b[0m\u0007', 'red'],
  ['a title for the terminal', '\u001b]0;evil\u0007said', 'said'],
  ['a link behind other words', '\u001b]8;;https://evil.test\u0007ok\u001b]8;;\u0007', 'ok'],
  ['the one-byte form of an escape', 'a\u009b2Jb', 'ab'],
  ['text that is turned around', 'a\u202etxt.exe\u2069b', 'atxt.exeb'],
  ['what is not seen', 'a\u200b\ufeff\u{e0041}b', 'ab'],
  ['other ends of lines', 'a\u2028b\u0085c\u0000d', 'a b c d'],
  ['half a character', 'a\ud800b', 'ab'],
  ['the login in an address', 'fetch https://user:pa55@host', 'fetch https://[redacted]@host'],
])('takes out %s', (_what, text, plain) => {
  expect(plainLine(text)).toBe(plain);
});

it('finds a secret also when something invisible lies between its letters', () => {
  const secrets = new Redactor();
  secrets.add('planted');

  for (const text of ['planted', 'pla\u001b[0mnted', 'pla\u200bnted', 'pla\u202ented']) {
    expect(plainLine(`<${text}>`, secrets)).toBe('<[redacted]>');
  }
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

it('hides a secret as a whole, by its lines, and by what stands behind the sign of a setting', () => {
  hideFromLines('always-auth=true\n//npm.test/:_authToken=planted-token\n');

  expect(plainLine('token planted-token is true')).toBe('token [redacted] is true');
  expect(plainLine('read //npm.test/:_authToken=planted-token')).toBe('read [redacted]');
});
