import { expect, it } from 'vitest';
import { repositoryAddress } from './repository.ts';

const ssh = (url: string) => repositoryAddress(url).ssh;

it.each([
  ['git@git.test:acme/shop.git', 'ssh://git@git.test/acme/shop'],
  ['ssh://git@git.test/acme/shop.git', 'ssh://git@git.test/acme/shop'],
  ['ssh://git@GIT.test.:22/acme/shop/', 'ssh://git@git.test/acme/shop'],
  ['git@git.test:/acme/shop.git', 'ssh://git@git.test/acme/shop'],
  ['ssh://git@git.test:2222/acme/shop.git', 'ssh://git@git.test:2222/acme/shop'],
  ['ssh://git@[2001:db8::1]/shop.git', 'ssh://git@[2001:db8::1]/shop'],
  ['https://git.test/acme/shop.git', 'https://git.test/acme/shop'],
])('gives %s its identity', (url, id) => {
  expect(repositoryAddress(url).id).toBe(id);
});

it.each([
  ['ssh://git@git.test/acme/shop.git', '/acme/shop.git'],
  ['ssh://git@git.test/~ann/shop.git', '~ann/shop.git'],
  ['ssh://git@git.test/a%20b.git', '/a b.git'],
  ['git@git.test:acme/shop.git', 'acme/shop.git'],
  ['git@git.test:a%20b.git', 'a%20b.git'],
  ['git@git.test:~/shop.git', '~/shop.git'],
])('asks the host of %s for the path that git asks for', (url, path) => {
  expect(ssh(url)?.path).toBe(path);
});

it('keeps who logs in, where', () => {
  expect(ssh('ssh://ann@git.test:2222/shop.git')).toMatchObject({ user: 'ann', host: 'git.test', port: 2222 });
});

it.each([
  ['ssh://git.test/shop.git', 'names no user'],
  ['ssh://git:secret@git.test/shop.git', 'cannot be read'],
  ['ssh://git@git.test/%0aevil', 'control characters'],
  ['ssh://git@git.test/a%1b[2J', 'control characters'],
  ['ssh://git@git.test/a%e2%80%ae', 'control characters'],
  ['ssh://git@git.test/%zz', 'cannot be read'],
  ['git@git.test:-oProxyCommand=x', 'cannot be read'],
  ['git@git.test:../shop.git', 'cannot be read'],
  ['git@git.test:a?b', 'cannot be read'],
  ['git@-oProxyCommand=x:shop.git', 'cannot be read'],
  ['file:///etc', 'cannot be read'],
  ['ext::sh -c true', 'cannot be read'],
])('refuses %s', (url, message) => {
  expect(() => repositoryAddress(url)).toThrow(
    expect.objectContaining({ reason: 'SourceRefused', message: expect.stringContaining(message) }),
  );
  expect(() => repositoryAddress(url)).not.toThrow(/secret/);
});
