import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { blobPath, writeDocument } from './blobs.ts';
import { digestOf, digestOfFile } from './digest.ts';
import { insideOf } from './inside.ts';
import { startLayout } from './layout.ts';
import { type Descriptor, imageConfigSchema, mediaTypes, referenceAnnotation } from './types.ts';

const archiveSchema = z
  .array(z.looseObject({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }))
  .max(100);
type ArchivedImage = z.infer<typeof archiveSchema>[number];

/** Turns the older format of `docker save` (manifest.json, one tar a layer) into a layout inside the same folder. */
export async function layoutOfDockerArchive(folder: string, file: string): Promise<string> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => {
    throw new Error(`${file} is neither an OCI layout nor the output of "docker save"`);
  });
  const layout = join(folder, 'as-oci-layout');
  await mkdir(layout);
  await startLayout(layout);
  const manifests: Descriptor[] = [];
  for (const image of archiveSchema.parse(JSON.parse(text))) {
    const descriptor = await addImage(folder, layout, image);
    const names = image.RepoTags?.map((name) => ({ [referenceAnnotation]: name })) ?? [];
    for (const annotations of names.length > 0 ? names : [{}]) manifests.push({ ...descriptor, annotations });
  }
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return layout;
}

async function addImage(folder: string, layout: string, image: ArchivedImage): Promise<Descriptor> {
  const content = await readFile(await insideOf(folder, image.Config));
  const config = { mediaType: mediaTypes.config, digest: digestOf(content), size: content.length };
  await writeFile(blobPath(layout, config.digest), content);
  const { diff_ids } = imageConfigSchema.parse(JSON.parse(content.toString())).rootfs;
  if (diff_ids.length !== image.Layers.length)
    throw new Error('the archive lists another number of layers than its image');
  const layers: Descriptor[] = [];
  for (const name of image.Layers) layers.push(await addLayer(await insideOf(folder, name), layout));
  return writeDocument(layout, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers,
  });
}

async function addLayer(file: string, layout: string): Promise<Descriptor> {
  const { digest, size } = await digestOfFile(file);
  await copyFile(file, blobPath(layout, digest));
  return { mediaType: (await isGzip(file)) ? mediaTypes.layerGzip : mediaTypes.layerTar, digest, size };
}

async function isGzip(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.readUInt16BE(0) === 0x1f8b;
}
