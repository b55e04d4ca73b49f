import { expect, it } from 'vitest';
import { credentialsFor } from './credentials.ts';
import { parseImage } from './reference.ts';

const auth = (login: string) => ({ auth: btoa(login) });
const secret = (auths: object) => ({ data: { '.dockerconfigjson': btoa(JSON.stringify({ auths })) } });
const find = (image: string, auths: object) => credentialsFor(parseImage(image), secret(auths));

it.each([
  ['the host alone', 'ghcr.io/acme/app', { 'ghcr.io': auth('ann:p:w') }, { username: 'ann', password: 'p:w' }],
  ['a host with port', 'r.test:5000/app', { 'r.test:5000': auth('a:b') }, { username: 'a', password: 'b' }],
  ['a URL', 'r.test/app', { 'https://r.test/v2/': auth('a:b') }, { username: 'a', password: 'b' }],
  [
    "Docker Hub's old address",
    'node',
    { 'https://index.docker.io/v1/': auth('a:b') },
    { username: 'a', password: 'b' },
  ],
  ['separate fields', 'r.test/app', { 'r.test': { username: 'a', password: 'b' } }, { username: 'a', password: 'b' }],
  [
    'an identity token',
    'r.test/app',
    { 'r.test': { ...auth('<token>:'), identitytoken: 'i' } },
    { identityToken: 'i' },
  ],
  ['a registry token', 'r.test/app', { 'r.test': { registrytoken: 'r' } }, { registryToken: 'r' }],
  [
    'the longest path',
    'r.test/acme/app',
    { 'r.test': auth('a:all'), 'r.test/acme': auth('a:acme'), 'r.test/acm': auth('a:other') },
    { username: 'a', password: 'acme' },
  ],
  ['nothing for another host', 'r.test/app', { 'evil.r.test': auth('a:b'), 'r.test.evil': auth('a:b') }, undefined],
  ['nothing for another port', 'r.test:5000/app', { 'r.test': auth('a:b') }, undefined],
  ['nothing in an empty entry', 'r.test/app', { 'r.test': {} }, undefined],
])('finds %s', (_what, image, auths, credentials) => {
  expect(find(image, auths)).toEqual(credentials);
});

it('reads the older form', () => {
  const data = { '.dockercfg': btoa(JSON.stringify({ 'r.test': auth('a:b') })) };

  expect(credentialsFor(parseImage('r.test/app'), { data })).toEqual({ username: 'a', password: 'b' });
});

it.each([
  ['no data', undefined],
  ['another key', { config: 'e30=' }],
  ['what is no JSON', { '.dockerconfigjson': btoa('planted-secret') }],
  ['another shape', { '.dockerconfigjson': btoa('{"auths": {"r.test": "planted-secret"}}') }],
])('refuses %s, says what is needed and repeats nothing', (_what, data) => {
  const attempt = () => credentialsFor(parseImage('r.test/app'), { data });

  expect(attempt).toThrow(expect.objectContaining({ reason: 'CredentialsMissing' }));
  expect(attempt).toThrow('.dockerconfigjson');
  expect(attempt).not.toThrow('planted');
});
