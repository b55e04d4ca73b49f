import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import {
  type Attempts,
  decideRetry,
  maxThrottledRetries,
  maxUnsentRetries,
  type Outcome,
  parseRetryAfter,
  type RetryInput,
} from './retry.ts';

const none: Attempts = { throttled: 0, unsent: 0, broken: 0, refused: 0 };

function decide(outcome: Outcome, input: Partial<RetryInput> = {}) {
  return decideRetry({ outcome, method: 'GET', attempts: none, remainingMs: 30_000, chance: 0, ...input });
}

function answer(status: number, retryAfterMs?: number): Outcome {
  return { kind: 'answer', status, retryAfterMs };
}

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('answer' as const),
    status: fc.constantFrom(200, 401, 409, 429, 500, 503),
    retryAfterMs: fc.option(fc.nat(60_000), { nil: undefined }),
  }),
  fc.constant<Outcome>({ kind: 'unsent' }),
  fc.constant<Outcome>({ kind: 'broken' }),
);
const methods = fc.constantFrom<RetryInput['method']>('GET', 'POST', 'PUT', 'PATCH', 'DELETE');

describe('what is tried again', () => {
  it.each([
    ['a write that was throttled', answer(429, 1_000), 'POST', 'wait'],
    ['a read of an overloaded server', answer(503, 1_000), 'GET', 'wait'],
    ['a deletion on an overloaded server', answer(503, 1_000), 'DELETE', 'wait'],
    ['a creation on an overloaded server', answer(503, 1_000), 'POST', 'finish'],
    ['a 429 that does not say when', answer(429), 'GET', 'finish'],
    ['a 500 that says when', answer(500, 1_000), 'GET', 'finish'],
    ['a refusal of credentials', answer(401), 'POST', 'refresh'],
    ['a write that was never sent', { kind: 'unsent' }, 'POST', 'wait'],
    ['a write whose connection broke', { kind: 'broken' }, 'PUT', 'finish'],
    ['a read whose connection broke', { kind: 'broken' }, 'GET', 'wait'],
  ] satisfies [string, Outcome, RetryInput['method'], string][])('%s', (_, outcome, method, action) => {
    expect(decide(outcome, { method }).action).toBe(action);
  });

  it('not beyond the deadline', () => {
    expect(decide(answer(429, 30_000)).action).toBe('finish');
    expect(decide(answer(429, 29_999)).action).toBe('wait');
  });

  it('spread out, so that all who were told the same do not come back at once', () => {
    expect(decide(answer(429, 1_000), { chance: 0.5 })).toMatchObject({ ms: 1_125 });
  });

  it('a bounded number of times whatever happens, never later than the deadline, and a write only if it was not seen', () => {
    fc.assert(
      fc.property(fc.array(outcomes, { minLength: 20, maxLength: 40 }), methods, (sequence, method) => {
        const attempts = { ...none };
        let remainingMs = 60_000;
        let tries = 0;
        for (const outcome of sequence) {
          const decision = decideRetry({ outcome, method, attempts, remainingMs, chance: 0.9 });
          if (decision.action === 'finish') break;
          expect(outcome.kind === 'broken' && method !== 'GET').toBe(false);
          attempts[decision.counts]++;
          remainingMs -= decision.action === 'wait' ? decision.ms : 0;
          tries++;
        }
        expect(remainingMs).toBeGreaterThan(0);
        expect(tries).toBeLessThanOrEqual(maxThrottledRetries + maxUnsentRetries + 2);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);

  it.each([
    ['3', 3_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['99999999999', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });
});
