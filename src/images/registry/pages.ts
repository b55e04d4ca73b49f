import { collect, type Repository } from './repository.ts';
import { maxManifestBytes, parsed } from './types.ts';

interface Listing<T> {
  /** Path and query of the first page. */
  readonly path: string;
  readonly accept?: string;
  readonly what: string;
  /** Which answers besides "not found" say that there is no such list. */
  readonly absent?: readonly number[];
  /** What one page holds; undefined when it is no such page. */
  readonly read: (page: unknown) => readonly T[] | undefined;
}

/** A list that is longer is no list that anybody works with, or has no end. */
const maxPages = 20;

/** A list that a registry gives in pages; undefined when it has no such list. `isWhole` is false when there is more. */
export async function listed<T>(
  repository: Repository,
  { path, accept, what, absent = [], read }: Listing<T>,
): Promise<{ items: readonly T[]; isWhole: boolean } | undefined> {
  const items: T[] = [];
  const limits = { maxBytes: maxManifestBytes, maxDecodedBytes: maxManifestBytes };
  const headers = accept === undefined ? {} : { accept };
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < maxPages; page += 1) {
    const answer = await repository.calls.send({ path: next, headers, limits, accepts: [200, 404, ...absent], what });
    const content = await collect(answer);
    const found = answer.status === 200 ? read(parsed(content)) : undefined;
    if (found === undefined) return page === 0 ? undefined : { items, isWhole: false };
    items.push(...found);
    const target = nextPage(answer.headers.get('link'));
    if (target === undefined) return { items, isWhole: true };
    // Only at the registry itself: the login goes along.
    next = repository.calls.ownAddress(target)?.href;
  }
  return { items, isWhole: false };
}

function nextPage(link: string | undefined): string | undefined {
  return /<([^>]*)>\s*;[^,]*rel="?next"?/i.exec(link ?? '')?.[1];
}
