import { expect, it } from 'vitest';
import { ClockJumps } from './jumps.ts';

function aClock() {
  const times = { now: 1_000_000, monotonic: 0 };
  const jumps = new ClockJumps({ now: () => times.now, monotonic: () => times.monotonic });
  return {
    jumps,
    pass: (ms: number) => {
      times.now += ms;
      times.monotonic += ms;
    },
    set: (byMs: number) => {
      times.now += byMs;
    },
    look: () => {
      const look = jumps.look('shop/web');
      look.settle();
      return look.jumpedMs;
    },
  };
}

it('takes time that passes for no jump, however long nobody looked', () => {
  const { look, pass } = aClock();
  look();
  pass(3_600_000);

  expect(look()).toBe(0);
});

it('tells a jump forward once for each Deployment', () => {
  const { jumps, look, pass, set } = aClock();
  look();
  jumps.look('shop/api').settle();
  pass(5000);
  set(3_600_000);

  expect([look(), look(), jumps.look('shop/api').jumpedMs]).toEqual([3_600_000, 0, 3_600_000]);
});

it('tells it again as long as nothing was written by it', () => {
  const { jumps, look, set } = aClock();
  look();
  set(3_600_000);

  expect([jumps.look('shop/web').jumpedMs, jumps.look('shop/web').jumpedMs]).toEqual([3_600_000, 3_600_000]);
});

it('says nothing of a clock that was set back, of one that is adjusted, and of what it never looked at', () => {
  const { jumps, look, set } = aClock();
  look();
  set(-3_600_000);
  expect(look()).toBe(0);
  set(500);
  expect(look()).toBe(0);

  expect(jumps.look('shop/new').jumpedMs).toBe(0);
});

it('forgets a Deployment that is gone', () => {
  const { jumps, look, set } = aClock();
  look();
  jumps.forget('shop/web');
  set(3_600_000);

  expect(look()).toBe(0);
});
