import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { namesHost } from './host-pattern.ts';
import { judgeHostKey, keysOf, preferred } from './known-hosts.ts';

const good = Buffer.from('good').toString('base64');
const other = Buffer.from('other').toString('base64');
const verdict = (knownHosts: string, name = 'git.test', shown = good) =>
  judgeHostKey(keysOf(knownHosts, name), Buffer.from(shown, 'base64'));

function hash(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('a host is known by', () => {
  it.each([
    ['its name', `git.test ssh-ed25519 ${good}`],
    ['one name of a list', `other.test,git.test,10.0.0.1 ssh-ed25519 ${good} comment`],
    ['a hashed name', `${hash('git.test')} ssh-ed25519 ${good}`],
    ['a pattern', `*.test ssh-ed25519 ${good}`],
    ['one of several lines', `git.test ssh-rsa ${other}\n# git.test\n\ngit.test ssh-ed25519 ${good}`],
    [
      'a line behind others that nobody can read',
      `git.test\nssh-ed25519\n@what git.test x\n  git.test\tssh-ed25519 ${good}`,
    ],
  ])('%s', (_what, knownHosts) => {
    expect(verdict(knownHosts)).toBe('Known');
  });

  it('its name in brackets at another port, and only so', () => {
    const line = `[git.test]:2222 ssh-ed25519 ${good}`;

    expect([verdict(line, '[git.test]:2222'), verdict(line)]).toEqual(['Known', 'Unknown']);
    expect(verdict(`git.test ssh-ed25519 ${good}`, '[git.test]:2222')).toBe('Unknown');
  });
});

it.each([
  ['another name', `git.test.evil,xgit.test ssh-ed25519 ${good}`, 'Unknown'],
  ['a pattern that leaves it out', `*.test,!git.test ssh-ed25519 ${good}`, 'Unknown'],
  ['the hash of another name', `${hash('other.test')} ssh-ed25519 ${good}`, 'Unknown'],
  ['a hash of an unknown kind', `|2|AAAA|AAAA ssh-ed25519 ${good}`, 'Unknown'],
  ['a line that is switched off', `#git.test ssh-ed25519 ${good}`, 'Unknown'],
  ['another key', `git.test ssh-ed25519 ${other}`, 'Different'],
  ['its key, revoked', `@revoked git.test ssh-ed25519 ${good}`, 'Revoked'],
  ['its key, good and revoked for all', `git.test ssh-ed25519 ${good}\n@revoked * ssh-ed25519 ${good}`, 'Revoked'],
  ['an authority', `@cert-authority *.test ssh-ed25519 ${good}`, 'OnlyAuthority'],
  ['nothing', '', 'Unknown'],
])('does not know a host by %s', (_what, knownHosts, expected) => {
  expect(verdict(knownHosts)).toBe(expected);
});

it('asks first for the types of key that are known, and never for signatures with SHA-1', () => {
  const asked = preferred(keysOf(`git.test ssh-rsa ${good}`, 'git.test'));

  expect(asked.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  expect(asked).toHaveLength(6);
  expect(asked).not.toContain('ssh-rsa');
});

it('fits a pattern as a regular expression would', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (pattern, name) => {
      const regular = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(namesHost(pattern, name)).toBe(new RegExp(`^${regular}$`).test(name));
    }),
  );
});

it('reads any bytes, and believes nothing of them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(['Unknown', 'Different', 'OnlyAuthority']).toContain(verdict(text, 'git.test', btoa('not in there')));
    }),
  );
});

it('is not slowed down by a pattern of many stars', () => {
  expect(namesHost(`${'*a'.repeat(500)}b`, 'a'.repeat(250))).toBe(false);
});
