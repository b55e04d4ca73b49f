import { z } from 'zod';
import { listed } from './pages.ts';
import type { Repository } from './repository.ts';

const page = z.object({ tags: z.array(z.string().max(128)).max(100_000).nullish() });
const pageSize = 1000;

export interface Tags {
  readonly tags: readonly string[];
  /** False when the repository has more than were read, or may have. */
  readonly isWhole: boolean;
}

/** The tags of a repository. A list that is missing or cannot be read tells nothing: there are registries without one. */
export async function tagsOf(repository: Repository): Promise<Tags> {
  const found = await listed(repository, {
    path: `/v2/${repository.name}/tags/list?n=${pageSize}`,
    what: `the tags of ${repository.host}/${repository.name}`,
    read: (given) => {
      const read = page.safeParse(given);
      return read.success ? (read.data.tags ?? []) : undefined;
    },
  });
  return { tags: found?.items ?? [], isWhole: found?.isWhole ?? false };
}
