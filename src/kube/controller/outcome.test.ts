import { AssertionError } from 'node:assert';
import { expect, it } from 'vitest';
import { KubeError } from '../errors/errors.ts';
import { outcomeOfError, outcomeOfReadiness, outcomeOfResult } from './outcome.ts';
import { done, TerminalError } from './reconcile.ts';

const conflict = new KubeError({ code: 'Conflict', attempted: 'update pods shop/web', detail: 'changed meanwhile' });
const notFound = new KubeError({ code: 'NotFound', attempted: 'get pods shop/web', detail: 'gone' });

it('nothing, done and a time that is over are success', () => {
  for (const result of [undefined, done, {}, { requeueAfterMs: 0 }, { requeueAfterMs: -1 }, { priority: 5 }]) {
    expect(outcomeOfResult(result)).toEqual({ result: 'success' });
  }
});

it('a time to come is a look later, with its priority', () => {
  expect(outcomeOfResult({ requeueAfterMs: 10, priority: 3 })).toEqual({
    result: 'requeue_after',
    afterMs: 10,
    priority: 3,
  });
});

it('a time or priority that is no number is a fault of the program, not a busy loop', () => {
  for (const result of [{ requeueAfterMs: Number.NaN }, { requeueAfterMs: Infinity }, { priority: Number.NaN }]) {
    expect(outcomeOfResult(result)).toMatchObject({ result: 'error', panic: true });
  }
});

it('a conflict is a lost race, also when it is the cause of another error', () => {
  expect(outcomeOfError(conflict)).toEqual({ result: 'requeue', error: conflict });
  const wrapped = new Error('write status', { cause: conflict });
  expect(outcomeOfError(wrapped)).toEqual({ result: 'requeue', error: wrapped });
});

it('any other error is an error that is tried again', () => {
  expect(outcomeOfError(notFound)).toEqual({ result: 'error', error: notFound, terminal: false, panic: false });
});

it('a terminal error is terminal, also as a cause, and even when a conflict caused it', () => {
  const terminal = new TerminalError('the spec is wrong', { cause: conflict });

  expect(outcomeOfError(terminal)).toMatchObject({ result: 'error', terminal: true });
  expect(outcomeOfError(new Error('phase build', { cause: terminal }))).toMatchObject({ terminal: true });
});

it.each([
  ['a TypeError', new TypeError('x is not a function')],
  ['a failed assertion', new AssertionError({ message: 'impossible' })],
  ['a string', 'boom'],
  ['undefined', undefined],
  ['null', null],
  ['an object', { message: 'boom' }],
])('%s that is thrown is a panic, and tried again', (_, thrown) => {
  expect(outcomeOfError(thrown)).toEqual({ result: 'error', error: thrown, terminal: false, panic: true });
});

it('ends on an error that is its own cause', () => {
  const error = new Error('loop');
  error.cause = error;

  expect(outcomeOfError(error)).toMatchObject({ result: 'error' });
});

it('a key that is not ready waits as long as asked, and 100 ms when nobody said how long', () => {
  expect(outcomeOfReadiness(true)).toBeUndefined();
  expect(outcomeOfReadiness({ retryAfterMs: 7 })).toEqual({ result: 'stale', afterMs: 7 });
  for (const ready of [false, { retryAfterMs: 0 }, { retryAfterMs: Number.NaN }]) {
    expect(outcomeOfReadiness(ready)).toEqual({ result: 'stale', afterMs: 100 });
  }
});
