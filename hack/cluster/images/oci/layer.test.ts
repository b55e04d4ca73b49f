import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blobPath, makeBlobFolder } from './blobs.ts';
import { packLayer, unpackLayer, whiteoutTarget } from './layer.ts';

let work: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-layer-'));
  await makeBlobFolder(work);
});

afterEach(async () => {
  await rm(work, { recursive: true, force: true });
});

async function tree(name: string, files: Record<string, string>): Promise<string> {
  const folder = join(work, name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

it('gives the same digest for the same files, whatever the order and time they were written', async () => {
  const one = await tree('one', { 'a/x': '1', 'b/y': '2', 'a/z': '3' });
  const two = await tree('two', { 'b/y': '2', 'a/z': '3', 'a/x': '1' });
  await utimes(join(two, 'a/x'), 2e9, 2e9);

  const [first, second] = [await packLayer(one, work), await packLayer(two, work)];

  expect(second).toEqual(first);
});

it('gives another digest when one byte differs', async () => {
  const one = await packLayer(await tree('one', { x: '1' }), work);
  const two = await packLayer(await tree('two', { x: '2' }), work);

  expect(two.diffId).not.toBe(one.diffId);
});

it('brings files and links back when it is unpacked', async () => {
  const folder = await tree('one', { 'a/x': 'content' });
  await symlink('x', join(folder, 'a/link'));
  const { descriptor } = await packLayer(folder, work);
  const target = join(work, 'unpacked');
  await mkdir(target);

  await unpackLayer(blobPath(work, descriptor.digest), target);

  expect(await readFile(join(target, 'a/link'), 'utf8')).toBe('content');
});

it('leaves devices and kernel files out', async () => {
  const folder = await tree('one', { 'dev/null': 'x', 'proc/1': 'x', 'usr/dev/kept': 'x' });
  const { descriptor } = await packLayer(folder, work);
  const target = join(work, 'unpacked');
  await mkdir(target);

  await unpackLayer(blobPath(work, descriptor.digest), target);

  expect(await readdir(join(target, 'dev'))).toEqual([]);
  expect(await readdir(join(target, 'proc'))).toEqual([]);
  expect(await readdir(join(target, 'usr/dev'))).toEqual(['kept']);
});

it('removes what a higher layer marked as gone', async () => {
  const { descriptor } = await packLayer(await tree('higher', { 'a/.wh.old': '', 'a/new': '' }), work);
  const target = await tree('lower', { 'a/old': 'x', 'a/kept': 'x' });

  await unpackLayer(blobPath(work, descriptor.digest), target);

  expect((await readdir(join(target, 'a'))).sort()).toEqual(['kept', 'new']);
});

it('fails with what tar said when the folder cannot be read', async () => {
  await expect(packLayer(join(work, 'nothing'), work)).rejects.toThrow('No such file or directory');
});

it.each([
  ['./a/.wh.b', './a/b'],
  ['.wh.b', 'b'],
  ['./a/b', undefined],
  ['./a.wh.b', undefined],
])('reads the entry %s as the removal of %s', (entry, target) => {
  expect(whiteoutTarget(entry)).toBe(target);
});
