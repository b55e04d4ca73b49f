import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blobPath, verifyBlob, writeDocument } from './blobs.ts';
import { packLayer } from './layer.ts';
import { finishLayout, inherit, type LayoutImage, readImage, readImages, readIndex, startLayout } from './layout.ts';
import { attachedAnnotation, mediaTypes, referenceAnnotation } from './types.ts';

let work: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-layout-'));
});

afterEach(async () => {
  await rm(work, { recursive: true, force: true });
});

async function image(name: string, parent?: LayoutImage): Promise<LayoutImage> {
  const [layout, files] = [join(work, name), join(work, `${name}-files`)];
  await mkdir(files, { recursive: true });
  await writeFile(join(files, name), name);
  await startLayout(layout);
  const layer = await packLayer(files, layout);
  const settings = { Env: [`NAME=${name}`], Labels: { [name]: 'yes' } };
  const created = '2026-01-01T00:00:00.000Z';
  return finishLayout(layout, { parent, layer, settings, references: [`test/${name}:v1`], madeBy: name, created });
}

it('reads an index as the images of its platforms, without what is attached to them', async () => {
  const { layout, descriptor } = await image('plain');
  const attached = { ...descriptor, annotations: { [attachedAnnotation]: descriptor.digest } };
  const manifests = [descriptor, attached];
  const index = await writeDocument(layout, mediaTypes.index, { schemaVersion: 2, manifests });
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [index] }));

  const { descriptor: top, images } = await readImages(layout);

  expect(top).toEqual(index);
  expect(images.map(({ descriptor: { digest } }) => digest)).toEqual([descriptor.digest]);
});

it('holds every blob of a child itself, so that the parent may go', async () => {
  const parent = await image('parent');
  const child = await image('child', parent);

  await rm(parent.layout, { recursive: true });

  const again = await readImage(child.layout);
  expect(again.manifest.layers).toHaveLength(2);
  for (const blob of [again.manifest.config, ...again.manifest.layers]) await verifyBlob(child.layout, blob);
  expect(again.config.rootfs.diff_ids).toHaveLength(2);
  expect(again.config.history).toMatchObject([{ created_by: 'parent' }, { created_by: 'child' }]);
});

it('names the image in the index', async () => {
  const { layout, descriptor } = await image('one');

  expect(await readIndex(layout)).toEqual([{ ...descriptor, annotations: { [referenceAnnotation]: 'test/one:v1' } }]);
});

it('writes the same image twice as the same digest', async () => {
  const first = await image('one');
  await rm(first.layout, { recursive: true });

  const second = await image('one');

  expect(second.descriptor.digest).toBe(first.descriptor.digest);
});

it('refuses a blob that was cut or altered', async () => {
  const { layout, manifest } = await image('one');
  const [layer] = manifest.layers;
  await writeFile(blobPath(layout, layer?.digest ?? ''), 'something else');

  await expect(verifyBlob(layout, manifest.layers[0] ?? manifest.config)).rejects.toThrow('holds content that is not');
});

it('does not read a layout whose configuration was altered', async () => {
  const { layout, manifest } = await image('one');
  await writeFile(blobPath(layout, manifest.config.digest), '{}');

  await expect(readImage(layout)).rejects.toThrow('holds content that is not');
});

it('lets a child replace single variables and keep the others', () => {
  const parent = { Env: ['PATH=/bin', 'A=1'], Cmd: ['sh'], Labels: { from: 'parent', kept: 'yes' } };

  const settings = inherit(parent, { Env: ['PATH=/go/bin'], Labels: { from: 'child' } });

  expect(settings).toEqual({
    Env: ['PATH=/go/bin', 'A=1'],
    Cmd: ['sh'],
    Labels: { from: 'child', kept: 'yes' },
  });
});
