import { expect, it } from 'vitest';
import { TargetError } from '../../target.ts';
import { explain, isProgramError } from './failures.ts';

const call = { action: 'ecs:UpdateService', target: 'shop/frankfurt' };

function failure(name: string, message = 'Something.', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

it.each([
  ['ThrottlingException', 'TargetUnreachable', 'limits requests'],
  ['ServerException', 'TargetUnreachable', 'ServerException'],
  ['TimeoutError', 'TargetUnreachable', 'TimeoutError'],
  ['ExpiredTokenException', 'TargetUnreachable', 'session'],
  ['AccessDeniedException', 'TargetForbidden', 'ecs:UpdateService'],
  ['UnrecognizedClientException', 'TargetForbidden', 'ecs:UpdateService'],
  ['CredentialsProviderError', 'TargetForbidden', 'IRSA'],
  ['ClusterNotFoundException', 'TargetInvalid', 'spec.ecs.cluster'],
  ['InvalidParameterException', 'TargetInvalid', 'Something.'],
  ['LimitExceededException', 'TargetInvalid', 'quota'],
  ['SomethingNew', 'TargetUnreachable', 'SomethingNew'],
])('explains %s as %s', (name, reason, words) => {
  const { message, ...error } = explain(failure(name), call);

  expect(error).toMatchObject({ reason });
  expect(message).toContain(words);
});

it('names the right that is missing, which is not always the call that was made', () => {
  const said =
    'User: arn:aws:sts::1:assumed-role/vish/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/app because no policy allows it';

  expect(explain(failure('AccessDeniedException', said), call).message).toContain(
    'allow iam:PassRole on arn:aws:iam::1:role/app in',
  );
});

it('sends who cannot assume the role to its trust policy', () => {
  const { message } = explain(failure('AccessDenied'), { ...call, action: 'sts:AssumeRole' });

  expect(message).toContain('status.ecs.externalId');
});

it('passes on text of others as one bounded line, and nothing else that hangs on the error', () => {
  const error = explain(failure('ClientException', `a\n\u0000b${'c'.repeat(9000)}`, { $response: 'a-token' }), call);

  expect(error.message).toContain('a b');
  expect(error.message.length).toBeLessThan(600);
  expect(JSON.stringify([error, error.cause])).not.toContain('a-token');
});

it('keeps what was explained already, and tells our own mistakes from answers that cannot be read', () => {
  const before = new TargetError('TargetInvalid', 'x');

  expect(explain(before, call)).toBe(before);
  expect(isProgramError(new TypeError('x'))).toBe(true);
  expect(isProgramError(failure('SyntaxError', 'Unexpected token <', { $metadata: {} }))).toBe(false);
});
