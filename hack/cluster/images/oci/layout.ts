import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBlobFolder, readDocument, shareBlob, writeDocument } from './blobs.ts';
import type { Layer } from './layer.ts';
import {
  attachedAnnotation,
  type Descriptor,
  type ImageConfig,
  imageConfigSchema,
  indexSchema,
  isIndex,
  type Manifest,
  manifestSchema,
  mediaTypes,
  type RunSettings,
  referenceAnnotation,
} from './types.ts';

/** One image of a layout, read and checked. */
export interface LayoutImage {
  layout: string;
  descriptor: Descriptor;
  manifest: Manifest;
  config: ImageConfig;
}

export interface NewImage {
  /** The image that this one adds a layer to; its layers are shared, its settings inherited. */
  parent?: LayoutImage | undefined;
  layer: Layer;
  settings: RunSettings;
  /** Names and tags to push as, without a registry: `library/node:24-slim`. */
  references: readonly string[];
  /** One line in the image's history: how the layer was made. */
  madeBy: string;
  created: string;
}

export async function startLayout(layout: string): Promise<void> {
  await makeBlobFolder(layout);
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Writes configuration, manifest and index beside the blobs; after that the layout is complete. */
export async function finishLayout(layout: string, image: NewImage): Promise<LayoutImage> {
  const inherited = image.parent?.manifest.layers ?? [];
  for (const { digest } of inherited) await shareBlob(image.parent?.layout ?? '', layout, digest);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await writeDocument(layout, mediaTypes.config, configOf(image)),
    layers: [...inherited, image.layer.descriptor],
  };
  const descriptor = await writeDocument(layout, mediaTypes.manifest, manifest);
  const manifests = image.references.map((name) => ({ ...descriptor, annotations: { [referenceAnnotation]: name } }));
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  return readImage(layout);
}

/** Settings of the parent hold until the new image names them; environment and labels are merged by name. */
export function inherit(parent: RunSettings | undefined, own: RunSettings): RunSettings {
  const variables = new Map([...(parent?.Env ?? []), ...(own.Env ?? [])].map((line) => [line.split('=')[0], line]));
  return {
    ...parent,
    ...own,
    Env: [...variables.values()],
    Labels: { ...parent?.Labels, ...own.Labels },
  };
}

function configOf({ parent, layer, settings, madeBy, created }: NewImage): ImageConfig {
  return {
    created,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: inherit(parent?.config.config, settings),
    rootfs: { type: 'layers', diff_ids: [...(parent?.config.rootfs.diff_ids ?? []), layer.diffId] },
    history: [...(parent?.config.history ?? []), { created, created_by: madeBy }],
  };
}

/** Every name in the index with what it points to. */
export async function readIndex(layout: string): Promise<Descriptor[]> {
  const text = await readFile(join(layout, 'index.json'), 'utf8');
  return indexSchema.parse(JSON.parse(text)).manifests;
}

/** The one image of a layout that we wrote ourselves. */
export async function readImage(layout: string): Promise<LayoutImage> {
  return readOne(layout, await onlyEntry(layout));
}

/** What a layout holds under one name: an image, or an index of one for each platform and of what is attached to them. */
export interface LayoutImages {
  layout: string;
  descriptor: Descriptor;
  /** One for each platform. */
  images: LayoutImage[];
}

export async function readImages(layout: string): Promise<LayoutImages> {
  const descriptor = await onlyEntry(layout);
  if (!isIndex(descriptor)) return { layout, descriptor, images: [await readOne(layout, descriptor)] };
  const { manifests } = indexSchema.parse(await readDocument(layout, descriptor.digest));
  const runnable = manifests.filter(({ annotations }) => annotations?.[attachedAnnotation] === undefined);
  return { layout, descriptor, images: await Promise.all(runnable.map((entry) => readOne(layout, entry))) };
}

async function onlyEntry(layout: string): Promise<Descriptor> {
  const [descriptor] = await readIndex(layout);
  if (!descriptor) throw new Error(`the index of ${layout} names no image`);
  return descriptor;
}

async function readOne(layout: string, descriptor: Descriptor): Promise<LayoutImage> {
  const manifest = manifestSchema.parse(await readDocument(layout, descriptor.digest));
  const config = imageConfigSchema.parse(await readDocument(layout, manifest.config.digest));
  return { layout, descriptor, manifest, config };
}
