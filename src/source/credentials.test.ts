import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyOptions, makeKey } from '../../test/support/ssh-server/keys.ts';
import { gitCredentials } from './credentials.ts';
import { SourceError } from './errors.ts';
import { repositoryAddress } from './git/repository.ts';
import { loginFor } from './login.ts';

const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

it.each([
  ['a token', { token: 'abc' }, 'x-access-token:abc'],
  ['a token for a certain user', { token: 'abc', username: 'x-token-auth' }, 'x-token-auth:abc'],
  ['user name and password', { username: 'ann', password: 'p:w' }, 'ann:p:w'],
  ['a token with a line break at its end', { token: 'abc\n' }, 'x-access-token:abc'],
])('reads %s', (_what, data, login) => {
  expect(gitCredentials(encoded(data))).toMatchObject({ kind: 'Http', authorization: basic(login) });
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
  ['an ssh key alone', { 'ssh-privatekey': 'secret-key' }, 'CredentialsMissing', 'lacks known_hosts'],
  [
    'what is no ssh key',
    { 'ssh-privatekey': 'secret-key', known_hosts: 'h' },
    'CredentialsMissing',
    'is no private key',
  ],
  [
    'too many hosts',
    { 'ssh-privatekey': 'secret-key', known_hosts: 'h'.repeat(70_000) },
    'CredentialsMissing',
    '64 KiB',
  ],
])('refuses %s and says what is needed', (_what, data, reason, message) => {
  const attempt = () => gitCredentials(data && encoded(data));

  expect(attempt).toThrow(SourceError);
  expect(attempt).toThrow(expect.objectContaining({ reason, message: expect.stringContaining(message) }));
  expect(attempt).not.toThrow(/secret-key/);
});

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'vish-keys-'))));
afterAll(() => rm(folder, { recursive: true }));

const aSecret = async (name: string, options: KeyOptions = {}) => {
  const { privateKey } = await makeKey(folder, name, options);
  return { privateKey, data: { 'ssh-privatekey': privateKey, known_hosts: 'git.test ssh-ed25519 AAAA' } };
};

it.each<[string, KeyOptions]>([
  ['of today', {}],
  ['of RSA in the old form', { type: 'rsa', format: 'PEM' }],
  ['of ECDSA in the old form', { type: 'ecdsa', format: 'PEM' }],
])('reads an ssh key %s, as ssh wants the file', async (what, options) => {
  const { data, privateKey } = await aSecret(what, options);
  const broken = { ...data, 'ssh-privatekey': privateKey.trim().replaceAll('\n', '\r\n') };

  const read = gitCredentials(encoded(data));

  expect(read).toMatchObject({ kind: 'Ssh', privateKey, knownHosts: 'git.test ssh-ed25519 AAAA\n' });
  expect(gitCredentials(encoded(broken))).toEqual(read);
  expect(gitCredentials(encoded({ ...data, known_hosts: 'other' })).identity).not.toBe(read.identity);
});

it.each<[string, KeyOptions]>([
  ['of today', { passphrase: 'open-sesame' }],
  ['in the old form', { passphrase: 'open-sesame', type: 'rsa', format: 'PEM' }],
])('refuses a key %s that has a passphrase', async (what, options) => {
  const { data } = await aSecret(`locked ${what}`, options);

  expect(() => gitCredentials(encoded(data))).toThrow(
    expect.objectContaining({ reason: 'CredentialsMissing', message: expect.stringContaining('has a passphrase') }),
  );
});

it('says which login an address needs', async () => {
  const { data } = await aSecret('for addresses');
  const [key, token] = [gitCredentials(encoded(data)), gitCredentials(encoded({ token: 'planted' }))];
  const [http, ssh] = ['https://git.test/a.git', 'git@git.test:a.git'].map(repositoryAddress);
  if (http === undefined || ssh === undefined) throw new Error('there are two addresses');

  expect([loginFor(http, token), loginFor(http, undefined), loginFor(ssh, key)]).toEqual([token, undefined, key]);
  expect(() => loginFor(http, key)).toThrow(expect.objectContaining({ reason: 'SourceRefused' }));
  expect(() => loginFor(ssh, token)).toThrow(expect.objectContaining({ reason: 'SourceRefused' }));
  expect(() => loginFor(ssh, undefined)).toThrow(expect.objectContaining({ reason: 'CredentialsMissing' }));
});
