import { describe, expect, it } from 'vitest';
import { isReached, type ShiftInput, type ShiftSide, shifted } from './shift.ts';

function side(release: number, weight: number, fields: Partial<ShiftSide> = {}): ShiftSide {
  const { replicas = 4, ready = replicas } = fields;
  return { release, weight, replicas, existing: replicas, ready, available: ready, ...fields };
}

const live = side(1, 100);

function ask(fields: Partial<ShiftInput>): ShiftInput {
  const stage = { weight: 100, replicas: 4 };
  const base = { desired: 4, stage, next: side(2, 0), from: live, others: [], goingBack: false, paused: false };
  return { ...base, splits: true, ...fields };
}

function weights(fields: Partial<ShiftInput>) {
  return Object.fromEntries(shifted(ask(fields)).weights);
}

function sizes(fields: Partial<ShiftInput>) {
  return Object.fromEntries(shifted(ask(fields)).sizes);
}

describe('traffic', () => {
  const tenth = { weight: 10, replicas: 1 };

  it('goes to a release that comes when its available replicas cover it, and not before', () => {
    expect(weights({})).toEqual({ 1: 0, 2: 100 });
    expect(weights({ next: side(2, 0, { available: 3 }) })).toEqual({ 1: 100, 2: 0 });
    expect(weights({ stage: tenth, next: side(2, 0, { replicas: 1 }) })).toEqual({ 1: 90, 2: 10 });
  });

  it('goes to it at once when nobody else serves', () => {
    expect(weights({ next: side(2, 0, { ready: 1 }), from: side(1, 100, { ready: 0 }) })).toEqual({ 1: 0, 2: 100 });
  });

  it('goes to nobody whom what divides it cannot lead to yet, and stays with who has it', () => {
    const back = { goingBack: true, from: side(2, 100) };

    expect(weights({ next: side(2, 0, { isUnseen: true }) })).toEqual({ 1: 100, 2: 0 });
    expect(weights({ ...back, next: side(1, 0, { isUnseen: true }) })).toEqual({ 1: 0, 2: 100 });
    expect(weights({ from: side(1, 100, { isUnseen: true }), stage: { weight: 0, replicas: 4 } })).toEqual({
      1: 100,
      2: 0,
    });
    expect(weights({ from: side(1, 100, { ready: 0 }), next: side(2, 0, { isUnseen: true }) })).toEqual({
      1: 100,
      2: 0,
    });
  });

  it('stays where it is when a preview could take over from a live release that died', () => {
    const stage = { weight: 0, replicas: 4 };

    expect(weights({ stage, from: side(1, 100, { ready: 0 }) })).toEqual({ 1: 100, 2: 0 });
  });

  it('goes back as far as it is covered, and all at once where it cannot be split', () => {
    const back = { goingBack: true, next: side(1, 0, { ready: 1 }), from: side(2, 100) };

    expect(weights({ ...back })).toEqual({ 1: 25, 2: 75 });
    expect(weights({ ...back, splits: false })).toEqual({ 1: 100, 2: 0 });
    expect(weights({ ...back, from: side(2, 100, { ready: 0 }) })).toEqual({ 1: 100, 2: 0 });
    expect(weights({ ...back, next: side(1, 0, { ready: 0 }) })).toEqual({ 1: 0, 2: 100 });
  });

  it('goes to a release that has served before by what its ready replicas cover', () => {
    const rollback = { hasServed: true, next: side(1, 0, { ready: 1, available: 0 }), from: side(2, 100) };

    expect(weights(rollback)).toEqual({ 1: 25, 2: 75 });
    expect(weights({ ...rollback, splits: false })).toEqual({ 1: 0, 2: 100 });
    expect(weights({ ...rollback, next: side(1, 0, { available: 0 }), splits: false })).toEqual({ 1: 100, 2: 0 });
  });

  it('of a release that was in the middle goes to the one that served before', () => {
    const middle = { next: side(3, 0), from: side(1, 60), others: [side(2, 40)], stage: { weight: 0, replicas: 4 } };

    expect(weights(middle)).toEqual({ 1: 100, 2: 0, 3: 0 });
  });

  it('of a release without a ready replica goes to the one that is kept warm', () => {
    const warm = { side: side(1, 0), replicas: 4 };

    expect(weights({ next: side(2, 100, { ready: 0 }), from: undefined, warm })).toEqual({ 1: 100, 2: 0 });
  });

  it('does not move while it is paused', () => {
    expect(weights({ paused: true })).toEqual({ 1: 100, 2: 0 });
  });
});

describe('sizes', () => {
  it('keep the live release whole until the new one is live', () => {
    expect(sizes({ stage: { weight: 50, replicas: 2 }, next: side(2, 50), desired: 4 })).toEqual({ 1: 4, 2: 2 });
    expect(sizes({})).toEqual({ 1: 4, 2: 4 });
  });

  it('end what was taken back when it has no traffic any more, and never raise it', () => {
    const back = { goingBack: true, next: live, from: side(2, 0) };

    expect(sizes(back)).toEqual({ 1: 4, 2: 0 });
    expect(sizes({ ...back, next: side(1, 90), from: side(2, 10, { replicas: 1 }) })).toEqual({ 1: 4, 2: 1 });
  });

  it('follow the scale, also while it is paused', () => {
    expect(sizes({ desired: 6, paused: true, next: side(2, 0, { replicas: 1 }) })).toEqual({ 1: 6, 2: 1 });
  });

  it('grow with what a release took over from a live one that died', () => {
    const dead = { from: side(1, 0, { ready: 0 }), next: side(2, 100, { replicas: 1 }) };

    expect(sizes({ ...dead, stage: { weight: 25, replicas: 1 } })).toEqual({ 1: 4, 2: 4 });
  });

  it('of what is kept warm are those that were asked for', () => {
    expect(sizes({ next: side(2, 100), from: undefined, warm: { side: side(1, 0), replicas: 1 } })).toEqual({
      1: 1,
      2: 4,
    });
  });
});

describe('a stage is reached', () => {
  it('when size and traffic are there and nothing is left that should end', () => {
    const done = { next: side(2, 100), from: side(1, 0) };

    expect(isReached(ask(done))).toBe(true);
    expect(isReached(ask({ ...done, next: side(2, 100, { available: 3 }) }))).toBe(false);
    expect(isReached(ask({ ...done, next: side(2, 50), from: side(1, 50) }))).toBe(false);
    expect(isReached(ask({ ...done, others: [side(3, 0, { replicas: 0, existing: 1 })] }))).toBe(false);
    expect(isReached(ask({ ...done, goingBack: true }))).toBe(false);
  });

  it('with more traffic than it asks for, when nobody else can serve', () => {
    const stage = { weight: 25, replicas: 1 };

    expect(isReached(ask({ stage, next: side(2, 100), from: side(1, 0, { ready: 0 }) }))).toBe(true);
    expect(isReached(ask({ stage, next: side(2, 100), from: side(1, 0, { ready: 1 }) }))).toBe(false);
  });
});
