import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../lib/run.ts';
import { startRegistry, type TestRegistry } from '../testing/registry.ts';
import { pushArchive } from './archive.ts';
import { blobPath } from './blobs.ts';
import { packLayer } from './layer.ts';
import { finishLayout, type LayoutImage, startLayout } from './layout.ts';
import { push } from './push.ts';
import { Registry } from './registry.ts';

let work: string;
let server: TestRegistry;
let registry: Registry;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-push-'));
  server = await startRegistry(work);
  registry = new Registry({ url: server.url });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

async function image(name: string, references = [`test/${name}:v1`]): Promise<LayoutImage> {
  const [layout, files] = [join(work, name), join(work, `${name}-files`)];
  await mkdir(files);
  await writeFile(join(files, 'hello'), name);
  await startLayout(layout);
  const layer = await packLayer(files, layout);
  return finishLayout(layout, { layer, settings: {}, references, madeBy: name, created: '2026-01-01T00:00:00Z' });
}

it('pushes an image under its name and knows that it is there the next time', async () => {
  const { layout, descriptor } = await image('first');
  const options = { registry, layout, descriptor, reference: 'team/first:v1' };

  const [sent, again] = [await push(options), await push(options)];

  expect([sent, again]).toEqual([true, false]);
  expect(await registry.digestOfTag('team/first', 'v1')).toBe(descriptor.digest);
});

it('does not push a layout whose layer was altered', async () => {
  const { layout, descriptor, manifest } = await image('altered');
  await writeFile(blobPath(layout, manifest.layers[0]?.digest ?? ''), 'x');

  await expect(push({ registry, layout, descriptor, reference: 'altered:v1' })).rejects.toThrow(
    'holds content that is not',
  );

  expect(await registry.digestOfTag('library/altered', 'v1')).toBeUndefined();
});

it('pushes an OCI archive under the names it carries', async () => {
  const { layout, descriptor } = await image('oci', ['team/oci:v1', 'team/oci:latest']);
  const file = join(work, 'oci.tar');
  await run('tar', ['-C', layout, '-cf', file, '.']);

  const pushed = await pushArchive(file, { url: server.url });

  expect(pushed.map(({ reference }) => reference)).toEqual(['team/oci:v1', 'team/oci:latest']);
  expect(await registry.digestOfTag('team/oci', 'latest')).toBe(descriptor.digest);
});

it('pushes an archive without a name under the one that is given, and fails without', async () => {
  const { layout, manifest, descriptor } = await image('nameless');
  const index = { schemaVersion: 2, manifests: [{ ...descriptor, annotations: {} }] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  const file = join(work, 'nameless.tar');
  await run('tar', ['-C', layout, '-cf', file, '.']);

  await expect(pushArchive(file, { url: server.url })).rejects.toThrow('say which name to push it as');
  await pushArchive(file, { url: server.url, reference: 'app:v1' });

  expect(manifest.layers).toHaveLength(1);
  expect(await registry.digestOfTag('library/app', 'v1')).toBe(descriptor.digest);
});

async function dockerArchive(name: string, layerName = 'layer.tar'): Promise<string> {
  const folder = join(work, `${name}-docker`);
  await mkdir(join(folder, 'content'), { recursive: true });
  await writeFile(join(folder, 'content/hello'), name);
  await run('tar', ['-C', join(folder, 'content'), '-cf', join(folder, 'layer.tar'), '.']);
  await rm(join(folder, 'content'), { recursive: true });
  const { stdout } = await run('sha256sum', [join(folder, 'layer.tar')]);
  const rootfs = { type: 'layers', diff_ids: [`sha256:${stdout.slice(0, 64)}`] };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }));
  const manifest = [{ Config: 'config.json', RepoTags: [`${name}:v1`], Layers: [layerName] }];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await symlink('/etc/hostname', join(folder, 'outside.tar'));
  const file = join(work, `${name}.tar`);
  await run('tar', ['-C', folder, '-cf', file, '.']);
  return file;
}

it('pushes what docker save wrote', async () => {
  const file = await dockerArchive('saved');

  const [pushed] = await pushArchive(file, { url: server.url });

  expect(pushed?.reference).toBe('saved:v1');
  expect(await registry.digestOfTag('library/saved', 'v1')).toBe(pushed?.digest);
});

it('refuses an archive whose layer is a link to a file of this machine', async () => {
  const file = await dockerArchive('hostile', 'outside.tar');

  await expect(pushArchive(file, { url: server.url })).rejects.toThrow('leads out of the archive');
});

it('says what a file is not when it is no image', async () => {
  const file = join(work, 'other.tar');
  await run('tar', ['-C', work, '-cf', file, 'registry.yml']);

  await expect(pushArchive(file, { url: server.url })).rejects.toThrow('neither an OCI layout nor the output of');
});

it('asks whether the registry runs when nobody answers', async () => {
  const { layout, descriptor } = await image('nowhere');
  const nobody = new Registry({ url: 'http://127.0.0.1:1' });

  await expect(push({ registry: nobody, layout, descriptor, reference: 'x:1' })).rejects.toThrow(
    'is the registry running?',
  );
});
