import { SourceError } from '../errors.ts';
import type { AdvertisedRef } from './advertisement.ts';

/** What to follow; exactly one is set, as in the spec. */
export interface Ref {
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly commit?: string | undefined;
}

export function fullName({ branch, tag }: Ref): string {
  const name = branch === undefined ? `refs/tags/${tag}` : `refs/heads/${branch}`;
  if (/^[!-~]+$/.test(name)) return name;
  throw new SourceError(
    'SourceRefused',
    'the name of the branch or tag holds characters that are not allowed; rename it',
  );
}

/** Reads to the end: only a complete list can say that there is no such ref. */
export async function pointee(refs: AsyncIterable<AdvertisedRef>, name: string): Promise<string | undefined> {
  let found: string | undefined;
  for await (const ref of refs) {
    if (ref.name === name) found = ref.peeled ?? ref.id;
    else if (ref.name === `${name}^{}`) found = ref.id;
  }
  return found;
}

export function missing(url: string, { branch, tag }: Ref): never {
  const what = branch === undefined ? `tag "${tag}"` : `branch "${branch}"`;
  throw new SourceError('SourceNotFound', `${url} has no ${what}; push it, or correct the name`);
}
