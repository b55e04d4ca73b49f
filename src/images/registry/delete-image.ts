import { referrersOf, referrersTag } from './referrers.ts';
import type { Repository } from './repository.ts';
import { tagsOf } from './tags.ts';
import { partsOf } from './types.ts';

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

/**
 * Deletes an image with all that is attached to it. The image itself goes last, because it alone knows its parts: what breaks
 * off is found again. Layers are cleared away by the registry.
 */
export async function deleteImage(repository: Repository, wanted: Deleted): Promise<Deletion> {
  const { digest } = wanted;
  if (await hasForeignTag(repository, wanted)) return 'kept';
  for (const part of [...(await attachedTo(repository, digest)), ...(await partsAlone(repository, wanted))]) {
    if ((await repository.deleteManifest(part)) === 'unsupported') return 'unsupported';
  }
  return repository.deleteManifest(digest);
}

async function hasForeignTag(repository: Repository, { digest, isOurs }: Deleted): Promise<boolean> {
  const { tags, isWhole } = await tagsOf(repository);
  const foreign = tags.filter((tag) => !isOurs(tag) && !/^sha256-[0-9a-f]{64}/.test(tag));
  if (!isWhole || foreign.length > mostTags) return true;
  for (const tag of foreign) if ((await repository.digestOf(tag)) === digest) return true;
  return false;
}

async function attachedTo(repository: Repository, digest: string): Promise<string[]> {
  const list = await repository.digestOf(referrersTag(digest));
  const attached = await referrersOf(repository, digest);
  return [...attached.map((each) => each.digest), ...(list === undefined ? [] : [list])];
}

/** The images of an index that no other one names. */
async function partsAlone(repository: Repository, { digest, keep }: Deleted): Promise<string[]> {
  const parts = await partsIn(repository, digest);
  if (parts.length === 0) return [];
  const kept = new Set(keep);
  for (const other of keep) for (const part of await partsIn(repository, other)) kept.add(part);
  return parts.filter((part) => !kept.has(part));
}

async function partsIn(repository: Repository, digest: string): Promise<string[]> {
  const document = await repository.manifest(digest);
  return (document && partsOf(document))?.manifests.map((part) => part.digest) ?? [];
}
