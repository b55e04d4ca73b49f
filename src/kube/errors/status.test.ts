import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { isKubeError, type KubeError } from './errors.ts';
import { errorFromResponse, errorFromStatus } from './status.ts';

const attempted = 'create pods shop/web';

function refusal(status: number, body: object | string): KubeError {
  const text = typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', code: status, ...body });
  return errorFromResponse({ status, body: Buffer.from(text) }, { attempted });
}

describe('the code follows the reason, then the status', () => {
  it.each([
    [404, { reason: 'NotFound', details: { name: 'web' } }, 'NotFound'],
    [409, { reason: 'AlreadyExists' }, 'AlreadyExists'],
    [409, { reason: 'Conflict' }, 'Conflict'],
    [422, { reason: 'Invalid' }, 'Invalid'],
    [400, { reason: 'BadRequest' }, 'Invalid'],
    [403, { reason: 'Forbidden' }, 'Forbidden'],
    [401, { reason: 'Unauthorized' }, 'Unauthorized'],
    [410, { reason: 'Expired' }, 'Gone'],
    [429, { reason: 'TooManyRequests' }, 'Throttled'],
    [500, { reason: 'ServerTimeout' }, 'Timeout'],
    [504, {}, 'Timeout'],
    [503, {}, 'Unavailable'],
    [500, { reason: 'InternalError' }, 'Unavailable'],
    [502, '<html>bad gateway</html>', 'Unavailable'],
    [415, {}, 'Unsupported'],
    [302, '', 'Unknown'],
  ])('%i %j is %s', (status, body, code) => {
    expect(refusal(status, body).code).toBe(code);
  });
});

it('opens with what was attempted and goes on with the words of the server', () => {
  expect(refusal(403, { message: 'pods is forbidden' }).message).toBe('create pods shop/web: pods is forbidden');
});

it('tells a kind that the server does not know from an object that is gone', () => {
  const unknownGroup = refusal(404, '404 page not found\n');
  const unknownResource = refusal(404, { reason: 'NotFound', message: 'the server could not find it', details: {} });

  expect([unknownGroup.code, unknownResource.code]).toEqual(['Unsupported', 'Unsupported']);
  expect(unknownGroup.message).toContain('is its CustomResourceDefinition installed');
});

it('keeps the causes field by field', () => {
  const causes = [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'must not be negative' }];

  expect(refusal(422, { reason: 'Invalid', details: { name: 'web', causes } }).causes).toEqual(causes);
});

it('never repeats what the server says about a Secret', () => {
  const value = 'hunter2';
  const body = {
    kind: 'Status',
    reason: 'Invalid',
    message: `Invalid value: "${value}"`,
    details: { name: 's', causes: [{ field: 'data.password', reason: 'FieldValueInvalid', message: `bad: ${value}` }] },
  };

  const error = errorFromResponse(
    { status: 422, body: Buffer.from(JSON.stringify(body)) },
    { attempted, secret: true },
  );

  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(value);
  expect(error.message).toBe(`${attempted}: Invalid (the server's words are withheld: it is a Secret)`);
  expect(error.causes).toEqual([{ field: 'data.password', reason: 'FieldValueInvalid', message: '' }]);
});

it('takes the wait from the object when no header gave one', () => {
  const body = { reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } };

  expect(refusal(429, body).retryAfterMs).toBe(3_000);
});

it('makes an error of any answer and any object', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.string(), fc.anything(), (status, text, value) => {
      const fromText = errorFromResponse({ status, body: Buffer.from(text) }, { attempted });
      const fromValue = errorFromStatus(value, { attempted });

      expect(isKubeError(fromText) && isKubeError(fromValue)).toBe(true);
      expect(fromText.message.length).toBeLessThan(1_300);
    }),
  );
});
