import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { fc } from '../../../../../test/support/properties.ts';
import { leavesTree } from './links.ts';

const leaves = (links: Record<string, string>, link = 'a') => leavesTree(link, new Map(Object.entries(links)));

it.each([
  ['an absolute path', { a: '/etc/passwd' }],
  ['a folder above', { a: '../x' }],
  ['the folder above itself', { a: '..' }],
  ['down and further up', { a: 'b/../../x' }],
  ['another link that leaves', { a: 'b', b: '../x' }],
  ['a link in the middle of the path', { a: 'b/../../..', b: 'c/d' }],
  ['a linked folder that is higher than it looks', { a: 'c/d/up/../..', 'c/d/up': '../..' }],
])('sees that %s leads out', (_what, links) => {
  expect(leaves(links)).toBe(true);
});

it.each([
  ['a file beside it', { a: 'b' }],
  ['nothing', { a: 'nowhere/at/all' }],
  ['the root', { 'x/a': '..' }, 'x/a'],
  ['a deeper file, by a detour', { 'x/y/a': '../../x/./y//b' }, 'x/y/a'],
  ['itself', { a: 'a' }],
  ['a loop that grows', { a: 'a/a' }],
  ['a name with dots', { a: '...' }],
])('lets a link to %s be', (_what, links, link?: string) => {
  expect(leaves(links, link)).toBe(false);
});

it('agrees with plain path arithmetic where no link leads to another', () => {
  const segment = fc.constantFrom('..', '.', 'x', 'y', '');
  const target = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(target, (target) => {
      const relative = !target.startsWith('/');
      const escapes = escapesAnywhere(`d/${target}`);

      expect(leaves({ 'd/a': target === '' ? '.' : target }, 'd/a')).toBe(!relative || escapes);
    }),
  );
});

/** A path that comes back in has been outside: what lies there is not of the tree. */
function escapesAnywhere(path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, end) => posix.normalize(parts.slice(0, end + 1).join('/') || '.').startsWith('..'));
}
