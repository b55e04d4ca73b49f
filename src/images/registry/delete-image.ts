import { z } from 'zod';
import { referrersOf, referrersTag } from './referrers.ts';
import type { Repository } from './repository.ts';
import { tagsOf } from './tags.ts';
import { parsed, partsOf } from './types.ts';

const withSubject = z.object({ subject: z.object({ digest: z.string() }) });

export type Deletion = 'deleted' | 'absent' | 'unsupported' | 'kept';

interface Deleted {
  readonly digest: string;
  /** Images of the repository that stay; what they are made of stays with them. */
  readonly keep: readonly string[];
  /** Tags that we gave. An image with another one is somebody's. */
  readonly isOurs: (tag: string) => boolean;
}

/** To look at more tags would take longer than the image is worth. */
const mostTags = 100;
/** The tags under which this and other tools keep what is attached to an image. */
const attachmentTag = /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/;

/**
 * Deletes an image with all that is attached to it. The image itself goes last, because it alone knows its parts: what breaks
 * off is found again. Layers are cleared away by the registry.
 */
export async function deleteImage(repository: Repository, wanted: Deleted): Promise<Deletion> {
  const { digest, keep } = wanted;
  if (keep.includes(digest)) return 'kept';
  const found = [...(await attachedTo(repository, digest)), ...(await partsIn(repository, digest))];
  const stays = found.length === 0 ? new Set<string>() : await kept(repository, keep);
  const parts = found.filter((part) => part !== digest && !stays.has(part));
  if (await hasForeignTag(repository, new Set([...parts, digest]), wanted)) return 'kept';
  for (const part of parts) if ((await repository.deleteManifest(part)) === 'unsupported') return 'unsupported';
  return repository.deleteManifest(digest);
}

/** What other images need. */
async function kept(repository: Repository, keep: Deleted['keep']): Promise<Set<string>> {
  const stays = new Set(keep);
  for (const other of keep) for (const part of await partsIn(repository, other)) stays.add(part);
  return stays;
}

async function hasForeignTag(repository: Repository, gone: ReadonlySet<string>, { isOurs }: Deleted): Promise<boolean> {
  const { tags, isWhole } = await tagsOf(repository);
  const foreign = tags.filter((tag) => !isOurs(tag) && !attachmentTag.test(tag));
  if (!isWhole || foreign.length > mostTags) return true;
  for (const tag of foreign) if (gone.has((await repository.digestOf(tag)) ?? '')) return true;
  return false;
}

/**
 * What names this image as its subject, in its own words. Whoever may push writes the list under the tag, and would have any
 * image of the repository deleted with a login that may delete, by naming it there.
 */
async function attachedTo(repository: Repository, digest: string): Promise<string[]> {
  const attached: string[] = [];
  for (const each of await referrersOf(repository, digest)) {
    if ((await subjectOf(repository, each.digest)) === digest) attached.push(each.digest);
  }
  const list = await repository.manifest(referrersTag(digest));
  const entries = list && partsOf(list)?.manifests;
  if (list === undefined || entries === undefined) return attached;
  for (const each of entries) {
    if (!attached.includes(each.digest) && (await repository.digestOf(each.digest)) !== undefined) return attached;
  }
  return [...attached, list.digest];
}

async function subjectOf(repository: Repository, digest: string): Promise<string | undefined> {
  const document = await repository.manifest(digest);
  return document && withSubject.safeParse(parsed(document.content)).data?.subject.digest;
}

async function partsIn(repository: Repository, digest: string): Promise<string[]> {
  const document = await repository.manifest(digest);
  return (document && partsOf(document))?.manifests.map((part) => part.digest) ?? [];
}
