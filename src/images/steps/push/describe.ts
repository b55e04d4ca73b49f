import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Descriptor, indexSchema, partsOf } from '../../registry/types.ts';

export interface Described {
  /** Compressed, over all platforms; a layer that several share counts once. */
  readonly sizeBytes: number;
  readonly platforms: readonly string[];
}

const maxPlatforms = 8;

/** What the status tells of an image that was pushed from this layout: the push has checked every file of it. */
export async function describeImage(folder: string): Promise<Described> {
  const { manifests } = indexSchema.parse(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  const blobs = new Map<string, number>();
  const platforms = new Set<string>();
  for (const top of manifests) {
    for (const image of await imagesOf(folder, top)) {
      if (image.platform) platforms.add(`${image.platform.os}/${image.platform.architecture}`);
      for (const { digest, size } of (await read(folder, image))?.blobs ?? []) blobs.set(digest, size);
    }
  }
  const sizeBytes = blobs.values().reduce((sum, size) => sum + size, 0);
  return { sizeBytes, platforms: [...platforms].slice(0, maxPlatforms) };
}

async function imagesOf(folder: string, top: Descriptor): Promise<readonly Descriptor[]> {
  const parts = await read(folder, top);
  if (parts === undefined || parts.manifests.length === 0) return [top];
  return parts.manifests.filter((part) => !isAttestation(part));
}

/** What BuildKit attaches stands among the images, and is for no platform. */
function isAttestation({ annotations }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

async function read(folder: string, { mediaType, digest }: Descriptor) {
  const content = await readFile(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)));
  return partsOf({ mediaType, digest, content });
}
