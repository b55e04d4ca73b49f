import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../../../../hack/lib/run.ts';
import { folderTree, type TreeCaps } from './folder-tree.ts';

let outside: string;
let root: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'vish-tree-'));
  root = join(outside, 'repository');
  mkdirSync(root);
});
afterEach(() => rmSync(outside, { recursive: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `content of ${path}`);
  }
}

const tree = (caps: Partial<TreeCaps> = {}) => folderTree(root, caps);

it('lists the files of a folder, without what package managers wrote', () => {
  write('b.txt', 'a/c.txt', 'node_modules/x/index.js', '.git/config');

  expect(tree()).toMatchObject({ files: ['a/c.txt', 'b.txt'], complete: true });
  expect(tree().read('a/c.txt')).toBe('content of a/c.txt');
});

it('follows no link, to a file, to a folder, or in the middle of a path', () => {
  writeFileSync(join(outside, 'secret.txt'), 'hunter2');
  symlinkSync(join(outside, 'secret.txt'), join(root, 'package.json'));
  symlinkSync(outside, join(root, 'folder'));

  expect(tree().files).toEqual([]);
  for (const path of ['package.json', 'folder/secret.txt', '../secret.txt', join(outside, 'secret.txt')]) {
    expect(tree().read(path)).toBeUndefined();
  }
});

it('refuses a file that became a link after it was listed', () => {
  write('package.json');
  const listed = tree();
  rmSync(join(root, 'package.json'));
  symlinkSync('/etc/passwd', join(root, 'package.json'));

  expect(() => listed.read('package.json')).toThrow('package.json cannot be read (ELOOP)');
});

it('stops at its caps and says so', () => {
  write('a', 'b', 'c', 'd/e/f/g');

  expect(tree({ files: 2 })).toMatchObject({ files: ['a', 'b'], complete: false });
  expect(tree({ files: 6 })).toMatchObject({ files: ['a', 'b', 'c'], complete: false });
  expect(tree({ files: 7 })).toMatchObject({ files: ['a', 'b', 'c', 'd/e/f/g'], complete: true });
  expect(tree({ depth: 1 })).toMatchObject({ files: ['a', 'b', 'c'], complete: false });
});

it('counts folders as well, however many lie in each other or side by side', () => {
  for (let number = 0; number < 30; number += 1) mkdirSync(join(root, `a${number}`, 'b', 'c'), { recursive: true });
  write('z/package.json');

  expect(tree({ files: 40 })).toMatchObject({ files: [], complete: false });
  expect(tree({ files: 100 }).has('z/package.json')).toBe(true);
});

it('is not kept by a pipe, and passes by what is no file', async () => {
  await run('mkfifo', [join(root, 'package.json')]);
  symlinkSync('.', join(root, 'loop'));
  write('real');

  expect(tree()).toMatchObject({ files: ['real'], complete: true });
});

it('refuses a file that is too large, and too much altogether', () => {
  write('a', 'b');

  expect(() => tree({ fileBytes: 5 }).read('a')).toThrow('a has 12 bytes, more than is read of');
  expect(() => tree().read('a', 11)).toThrow('a has 12 bytes');
  expect(tree().read('a', 12)).toBe('content of a');
  const small = tree({ totalBytes: 15 });
  expect(small.read('a')).toBe('content of a');
  expect(() => small.read('b')).toThrow('b has 12 bytes');
});
