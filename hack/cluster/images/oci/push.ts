import { readFile } from 'node:fs/promises';
import { blobPath, readDocument, verifyBlob } from './blobs.ts';
import { parseReference } from './reference.ts';
import type { Registry } from './registry.ts';
import { type Descriptor, indexSchema, isIndex, manifestSchema } from './types.ts';

export interface PushOptions {
  registry: Registry;
  /** A folder in OCI image layout. */
  layout: string;
  /** What to push: an image, or an index of several platforms. */
  descriptor: Descriptor;
  /** Repository and tag to push as, e.g. `library/node:24-slim`. */
  reference: string;
}

/** True when something was sent; false when the registry had it under that name already. */
export async function push({ registry, layout, descriptor, reference }: PushOptions): Promise<boolean> {
  const { repository, tag } = parseReference(reference);
  if ((await registry.digestOfTag(repository, tag)) === descriptor.digest) return false;
  await pushManifest({ registry, layout, repository }, descriptor, tag);
  return true;
}

interface Place {
  registry: Registry;
  layout: string;
  repository: string;
}

/** Parts first: a registry refuses a manifest that names what it has not got. */
async function pushManifest(place: Place, descriptor: Descriptor, name: string): Promise<void> {
  const { registry, layout, repository } = place;
  const document = await readDocument(layout, descriptor.digest);
  if (isIndex(descriptor)) {
    for (const part of indexSchema.parse(document).manifests) await pushManifest(place, part, part.digest);
  } else {
    const { config, layers } = manifestSchema.parse(document);
    for (const blob of [config, ...layers]) await pushBlob(place, blob);
  }
  const content = await readFile(blobPath(layout, descriptor.digest), 'utf8');
  await registry.putManifest(repository, name, { mediaType: descriptor.mediaType, content });
}

async function pushBlob({ registry, layout, repository }: Place, blob: Descriptor): Promise<void> {
  if (await registry.hasBlob(repository, blob.digest)) return;
  await verifyBlob(layout, blob);
  await registry.putBlob(repository, blobPath(layout, blob.digest), blob);
}
