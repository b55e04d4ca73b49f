import { expect, it } from 'vitest';
import { gitCredentials } from './credentials.ts';
import { SourceError } from './errors.ts';

const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

it.each([
  ['a token', { token: 'abc' }, 'x-access-token:abc'],
  ['a token for a certain user', { token: 'abc', username: 'x-token-auth' }, 'x-token-auth:abc'],
  ['user name and password', { username: 'ann', password: 'p:w' }, 'ann:p:w'],
  ['a token with a line break at its end', { token: 'abc\n' }, 'x-access-token:abc'],
])('reads %s', (_what, data, login) => {
  expect(gitCredentials(encoded(data)).authorization).toBe(basic(login));
});

it('tells two logins apart without holding them', () => {
  const [one, two] = [gitCredentials(encoded({ token: 'one' })), gitCredentials(encoded({ token: 'two' }))];

  expect(one.identity).not.toBe(two.identity);
  expect(one.identity).toBe(gitCredentials(encoded({ token: 'one' })).identity);
  expect(one.identity).not.toContain('one');
});

it.each([
  ['nothing', undefined, 'CredentialsMissing', 'it has none'],
  ['other keys', { user: 'ann', pass: 'p' }, 'CredentialsMissing', 'it has pass, user'],
  ['half of it', { username: 'ann' }, 'CredentialsMissing', 'token, or username and password'],
  ['an empty token', { token: '\n' }, 'CredentialsMissing', 'token, or username and password'],
  ['a user name with a colon', { username: 'a:b', password: 'p' }, 'CredentialsMissing', "must not hold ':'"],
  ['an ssh key', { 'ssh-privatekey': 'secret-key' }, 'SourceRefused', 'ssh key, which this version cannot use'],
])('refuses %s and says what is needed', (_what, data, reason, message) => {
  const attempt = () => gitCredentials(data && encoded(data));

  expect(attempt).toThrow(SourceError);
  expect(attempt).toThrow(expect.objectContaining({ reason, message: expect.stringContaining(message) }));
  expect(attempt).not.toThrow(/secret-key/);
});
