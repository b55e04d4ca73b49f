import { RegistryError } from './errors.ts';
import { inParallel } from './in-parallel.ts';
import type { Repository } from './repository.ts';
import { type Descriptor, type Document, partsOf } from './types.ts';

/** Where an image is taken from. */
export interface Origin {
  /** A manifest or an index of the image; throws when it is not there. */
  document(descriptor: Pick<Descriptor, 'digest' | 'mediaType'>): Promise<Document>;
  blob(blob: Descriptor): AsyncIterable<Uint8Array>;
}

export interface Transferred {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of blobs that had to be sent. */
  readonly sentBytes: number;
}

const blobsAtATime = 3;
/** An index of indexes of images: nothing real is deeper, and a document cannot hold itself. */
const deepest = 3;

/**
 * Brings an image into a repository: blobs, then what names them, at last the document itself, under the tag when there is
 * one. What breaks off leaves no image, only parts that the next attempt finds and the registry clears away.
 */
export async function transfer(origin: Origin, to: Repository, top: Document, tag?: string): Promise<Transferred> {
  const sentBytes = await bring({ origin, to }, top, 1);
  await to.putManifest(top, tag);
  return { digest: top.digest, mediaType: top.mediaType, sentBytes };
}

async function bring(way: { origin: Origin; to: Repository }, document: Document, depth: number): Promise<number> {
  const { origin, to } = way;
  const parts = depth > deepest ? undefined : partsOf(document);
  if (!parts) {
    throw new RegistryError(
      'SourceRefused',
      `${to.shown(document.digest)} is no image in OCI or Docker format; build it as an image`,
    );
  }
  let sentBytes = 0;
  await inParallel(unique(parts.blobs), blobsAtATime, async (blob) => {
    if ((await to.putBlob(blob, () => origin.blob(blob))) === 'sent') sentBytes += blob.size;
  });
  for (const descriptor of unique(parts.manifests)) {
    const part = await origin.document(descriptor);
    sentBytes += await bring(way, part, depth + 1);
    await to.putManifest(part);
  }
  return sentBytes;
}

/** A layer may stand in an image twice; two uploads of it at once would only cost. */
function unique(descriptors: readonly Descriptor[]): Descriptor[] {
  return [...new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor])).values()];
}
