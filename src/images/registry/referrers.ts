import { z } from 'zod';
import { digestOf } from './digest.ts';
import { RegistryError } from './errors.ts';
import { listed } from './pages.ts';
import type { Repository } from './repository.ts';
import { type Descriptor, type Document, descriptor, mediaTypes, parsed } from './types.ts';

/** What is attached to an image: signatures, attestations. */
export interface Attachment {
  readonly artifactType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

const empty: Pick<Attachment, 'mediaType' | 'content'> = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  content: Buffer.from('{}'),
};
const tries = 3;
/** How registries answer to a path from after their time, besides 404. */
const unknownPath = [400, 405, 406, 501];
/** Entries are anybody's, and kept as they are: one that we do not understand may not hide or remove the others. */
const list = z.object({ manifests: z.array(z.unknown()) });

/** The tag under which an image's referrers stand where the registry keeps no list of them. */
export function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

/** What names this image as its subject: as the registry lists it, or as the tag says where it keeps no list. */
export async function referrersOf(repository: Repository, digest: string): Promise<readonly Descriptor[]> {
  const found = await listed(repository, {
    path: `/v2/${repository.name}/referrers/${digest}`,
    accept: mediaTypes.index,
    absent: unknownPath,
    what: repository.shown(digest),
    read: manifestsIn,
  });
  return found?.items ?? (await taggedReferrers(repository, digest));
}

/** Attaches content to an image that is there already. Doing it again changes nothing. */
export async function attach(
  repository: Repository,
  subject: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>,
  { artifactType, annotations, mediaType, content }: Attachment,
): Promise<Descriptor> {
  const config = await putContent(repository, empty);
  const layer = await putContent(repository, { mediaType, content });
  const { mediaType: subjectType, digest, size } = subject;
  const manifest = jsonDocument(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config,
    layers: [layer],
    subject: { mediaType: subjectType, digest, size },
    ...(annotations && { annotations }),
  });
  const { subject: listedFor } = await repository.putManifest(manifest);
  const referrer = { ...descriptorOf(manifest), artifactType, ...(annotations && { annotations }) };
  if (listedFor !== digest) await listUnderTag(repository, digest, referrer);
  return referrer;
}

async function putContent(repository: Repository, { mediaType, content }: typeof empty) {
  const blob = { mediaType, digest: digestOf(content), size: content.length };
  await repository.putBlob(blob, async function* () {
    yield content;
  });
  return blob;
}

/** Two who write at once would lose one entry: what was written is read again. */
async function listUnderTag(repository: Repository, digest: string, referrer: Descriptor): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const known = await entriesUnderTag(repository, digest);
    if (descriptorsIn(known).some((other) => other.digest === referrer.digest)) return;
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...known, referrer] };
    await repository.putManifest(jsonDocument(mediaTypes.index, index), referrersTag(digest));
  }
  const known = await taggedReferrers(repository, digest);
  if (known.some((other) => other.digest === referrer.digest)) return;
  const message = `${repository.shown(digest)}: somebody else keeps changing what is attached to it; it is tried again`;
  throw new RegistryError('RegistryUnreachable', message);
}

/** For writing it again: throws where what is there would be lost. */
async function entriesUnderTag(repository: Repository, digest: string): Promise<readonly unknown[]> {
  const tag = referrersTag(digest);
  const index = await repository.manifest(tag);
  const read = list.safeParse(index === undefined ? { manifests: [] } : parsed(index.content));
  if (read.success) return read.data.manifests;
  const message = `${repository.shown(tag)} should be a list of what is attached to an image, and is none; delete that tag`;
  throw new RegistryError('SourceRefused', message);
}

async function taggedReferrers(repository: Repository, digest: string): Promise<readonly Descriptor[]> {
  const index = await repository.manifest(referrersTag(digest));
  return (index && manifestsIn(parsed(index.content))) ?? [];
}

function manifestsIn(page: unknown): readonly Descriptor[] | undefined {
  const read = list.safeParse(page);
  return read.success ? descriptorsIn(read.data.manifests) : undefined;
}

function descriptorsIn(entries: readonly unknown[]): Descriptor[] {
  return entries.flatMap((entry) => {
    const read = descriptor.safeParse(entry);
    return read.success ? [read.data] : [];
  });
}

function jsonDocument(mediaType: string, value: object): Document {
  const content = Buffer.from(JSON.stringify(value));
  return { mediaType, digest: digestOf(content), content };
}

function descriptorOf({ mediaType, digest, content }: Document): Descriptor {
  return { mediaType, digest, size: content.length };
}
