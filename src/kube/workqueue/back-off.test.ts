import { expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

it('doubles the delay of a key at each failure', () => {
  const backOff = new BackOff({ baseMs: 1 });

  const delays = Array.from({ length: 5 }, () => backOff.next('a'));

  expect(delays).toEqual([1, 2, 4, 8, 16]);
  expect(backOff.failuresOf('a')).toBe(5);
});

it('counts each key by itself', () => {
  const backOff = new BackOff({ baseMs: 1 });
  backOff.next('a');

  expect(backOff.next('b')).toBe(1);
  expect(backOff.next('a')).toBe(2);
});

it('starts again after forget', () => {
  const backOff = new BackOff({ baseMs: 1 });
  backOff.next('a');
  backOff.next('a');

  backOff.forget('a');

  expect(backOff.failuresOf('a')).toBe(0);
  expect(backOff.next('a')).toBe(1);
});

it('starts at 5 ms and stays at a minute, also after more failures than a double can hold', () => {
  const backOff = new BackOff();

  const delays = Array.from({ length: 2000 }, () => backOff.next('a'));

  expect(delays.slice(0, 3)).toEqual([5, 10, 20]);
  expect(delays.at(13)).toBe(40_960);
  expect(delays.slice(14).every((delay) => delay === 60_000)).toBe(true);
});
