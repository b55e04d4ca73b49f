import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listMap, listSet } from './lists.ts';
import { label } from './names.ts';
import { countOrPercent, quantity } from './numbers.ts';
import { amountOf } from './quantities.ts';
import { text } from './text.ts';
import { commit, gitUrl, hostname, httpUrl, imageReference, imageRepository, refName, repositoryPath } from './urls.ts';

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

it('counts characters as the API server does', () => {
  expect(accepts(text(2), '💥💥')).toBe(true);
  expect(accepts(text(2), 'abc')).toBe(false);
  expect(accepts(text(2), '')).toBe(false);
});

it('refuses a key that stands twice in a map, and a value that stands twice in a set', () => {
  const entries = listMap(z.strictObject({ name: label() }), { max: 3 });

  expect(accepts(entries, [{ name: 'a' }, { name: 'a' }])).toBe(false);
  expect(accepts(listSet(label(), { max: 3 }), ['a', 'a'])).toBe(false);
});

const samples: Record<string, { schema: z.ZodType; good: unknown[]; bad: unknown[] }> = {
  gitUrl: {
    schema: gitUrl(),
    good: [
      'https://git.example.com/a/b.git',
      'http://10.0.0.1:3000/b',
      'ssh://git@host:22/a',
      'git@github.com:acme/shop.git',
    ],
    bad: [
      'file:///etc/passwd',
      'ext::sh -c id',
      '--upload-pack=id',
      'https://user:token@host/a',
      'git://host/a',
      'ssh://-oProxyCommand=id/a',
      'https://host',
      '-x@host:a',
    ],
  },
  httpUrl: {
    schema: httpUrl(),
    good: ['https://a', 'http://a:9090/x?y#z'],
    bad: ['https://u:p@a/', 'ftp://a', 'https://', 'https://a b'],
  },
  imageRepository: {
    schema: imageRepository(),
    good: ['registry.example.com:5000/acme/shop', 'ghcr.io/a/b__c'],
    bad: ['shop', 'a/b:1', 'a/b@sha256:1', 'A/b'],
  },
  imageReference: {
    schema: imageReference(),
    good: ['nginx', 'nginx:1.27', 'a.b:5000/c/d:x'],
    bad: ['nginx:', 'a b', 'a@sha256:12', 'nginx:-x'],
  },
  commit: {
    schema: commit(),
    good: ['a'.repeat(40), '0'.repeat(64)],
    bad: ['abc1234', 'A'.repeat(40), 'a'.repeat(41)],
  },
  refName: {
    schema: refName(),
    good: ['main', 'feature/a-b', 'v1.2.0', 'deps/npm_and_yarn/x@1'],
    bad: ['-rf', 'a..b', 'a b', '/a', 'a/', 'a.', '../a', '@{u}', ':a', 'a~1'],
  },
  repositoryPath: {
    schema: repositoryPath(),
    good: ['.', 'web', '.github/x', 'a/..b'],
    bad: ['..', 'a/../b', '/a', '-a', 'a//b', 'a/.', 'a\\b'],
  },
  hostname: {
    schema: hostname(),
    good: ['shop.example.com', '*.example.com'],
    bad: ['shop', 'a.*.b', 'Shop.example.com', '*.*'],
  },
  quantity: { schema: quantity('1Gi'), good: ['500m', '1.5', '2Gi', 0, 2], bad: ['1 Gi', '-1', -1, '1e3', '1gi', 1.5] },
  countOrPercent: { schema: countOrPercent(), good: [0, 3, '0%', '25%', '100%'], bad: ['101%', '3', '%', -1, '025%'] },
};

describe.each(Object.entries(samples))('%s', (_name, { schema, good, bad }) => {
  it.each(good)('accepts %j', (value) => {
    expect(accepts(schema, value)).toBe(true);
  });

  it.each(bad)('refuses %j', (value) => {
    expect(accepts(schema, value)).toBe(false);
  });
});

it.each([
  [2, 2],
  ['500m', 0.5],
  ['0', 0],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['3G', 3e9],
  ['1Pi', Number.POSITIVE_INFINITY],
])('knows how much %s is', (quantity, amount) => {
  expect(amountOf(quantity)).toBe(amount);
});
