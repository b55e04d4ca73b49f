import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { damaged, digestOf } from './digest.ts';
import type { Repository } from './repository.ts';
import { type Origin, type Transferred, transfer } from './transfer.ts';
import { type Descriptor, type Document, indexSchema, maxManifestBytes } from './types.ts';

/**
 * Pushes the one image of a folder in OCI layout (index.json, blobs/sha256). The folder was written by a build, which ran
 * foreign code: a link in it would make us send a file of our own, and every digest may be a lie.
 */
export async function pushLayout(folder: string, to: Repository, tag?: string): Promise<Transferred> {
  const root = await realpath(folder);
  const origin = layoutOrigin(root);
  return transfer(origin, to, await origin.document(await onlyImage(root)), tag);
}

function layoutOrigin(root: string): Origin {
  return {
    async document({ digest, mediaType }: Pick<Descriptor, 'digest' | 'mediaType'>): Promise<Document> {
      const content = await readSmall(root, join('blobs', 'sha256', digest.slice('sha256:'.length)));
      if (digestOf(content) !== digest) throw damaged(`the image's ${digest}`, 'its content has another digest');
      return { mediaType, digest, content };
    },
    async *blob({ digest }) {
      await using file = await openInside(root, join('blobs', 'sha256', digest.slice('sha256:'.length)));
      yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>;
    },
  };
}

async function onlyImage(root: string): Promise<Descriptor> {
  const index = indexSchema.safeParse(parsed(await readSmall(root, 'index.json')));
  const [image, ...more] = index.data?.manifests ?? [];
  if (image && more.length === 0) return image;
  throw damaged(
    "the build's result",
    index.success ? `it holds ${index.data.manifests.length} images instead of one` : 'its index.json cannot be read',
  );
}

async function readSmall(root: string, path: string): Promise<Buffer> {
  await using file = await openInside(root, path);
  const { size } = await file.stat();
  if (size > maxManifestBytes) throw damaged("the build's result", `${path} has more than ${maxManifestBytes} bytes`);
  return await file.readFile();
}

/** Opens a plain file below the root that is reached without any link. */
async function openInside(root: string, path: string): Promise<FileHandle> {
  const wanted = join(root, path);
  const found = await realpath(wanted).catch(() => undefined);
  if (found === undefined) throw damaged("the build's result", `${path} is missing`);
  if (found !== wanted) throw damaged("the build's result", `${path} is a link`);
  const file = await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw damaged("the build's result", `${path} is no file`);
}

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
