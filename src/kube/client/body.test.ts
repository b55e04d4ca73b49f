import { expect, it } from 'vitest';
import { bodyOf } from './body.ts';

it('escapes what Go escapes, and says the same', () => {
  const value = { url: 'http://db/?a=1&b=<2>\u2028ü"' };

  expect(bodyOf(value)).toBe('{"url":"http://db/?a=1\\u0026b=\\u003c2\\u003e\\u2028ü\\""}');
  expect(JSON.parse(bodyOf(value))).toEqual(value);
});
