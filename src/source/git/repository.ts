import { createHash } from 'node:crypto';
import { SourceError } from '../errors.ts';

/** The form in which a repository is compared, shown in messages and asked for. */
export interface RepositoryAddress {
  /** Without slash at the end. */
  readonly url: string;
  /** The same for every way of writing the address; fits into a status. */
  readonly id: string;
}

const longestId = 256;

/** Reads `source.git.url`. What may be reached is decided by the outbound client. */
export function repositoryAddress(text: string): RepositoryAddress {
  const url = /^https?:/i.test(text) ? URL.parse(text) : undefined;
  if (!url) {
    throw new SourceError(
      'SourceRefused',
      'this version reads repositories over http and https only; write source.git.url as https://host/path.git',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new SourceError(
      'SourceRefused',
      'source.git.url carries a user name or password; take them out and let credentialsRef name a Secret',
    );
  }
  const plain = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return { url: plain, id: shortened(plain.replace(/\.git$/, '')) };
}

function shortened(id: string): string {
  return id.length <= longestId ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
