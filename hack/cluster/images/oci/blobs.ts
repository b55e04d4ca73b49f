import { copyFile, link, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, digestOfFile } from './digest.ts';
import type { Descriptor } from './types.ts';

/** Where a layout keeps the content of a digest. */
export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

export async function makeBlobFolder(layout: string): Promise<void> {
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
}

/** Writes a small document and returns how others refer to it. */
export async function writeDocument(layout: string, mediaType: string, document: unknown): Promise<Descriptor> {
  const content = JSON.stringify(document);
  const digest = digestOf(content);
  await writeFile(blobPath(layout, digest), content);
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

export async function readDocument(layout: string, digest: string): Promise<unknown> {
  const content = await readFile(blobPath(layout, digest));
  if (digestOf(content) !== digest) throw new DamagedBlob(layout, digest);
  return JSON.parse(content.toString()) as unknown;
}

/** Takes a blob over from another layout: a hard link costs no disk; across file systems it is copied. */
export async function shareBlob(from: string, to: string, digest: string): Promise<void> {
  const source = blobPath(from, digest);
  const target = blobPath(to, digest);
  await link(source, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    await copyFile(source, target);
  });
}

/** Refuses content that is not what its name says: a half-written or altered cache must never reach a registry. */
export async function verifyBlob(layout: string, { digest, size }: Descriptor): Promise<void> {
  const file = blobPath(layout, digest);
  const found = await stat(file).catch(() => undefined);
  if (found?.size !== size) throw new DamagedBlob(layout, digest);
  if ((await digestOfFile(file)).digest !== digest) throw new DamagedBlob(layout, digest);
}

export class DamagedBlob extends Error {
  override readonly name = 'DamagedBlob';

  constructor(layout: string, digest: string) {
    super(`${layout} holds content that is not ${digest}`);
  }
}
