import { createHash } from 'node:crypto';
import { type SshAddress, sshAddress } from '../../outbound/outbound.ts';
import { SourceError } from '../errors.ts';

/** The form in which a repository is compared, shown in messages and asked for. */
export interface RepositoryAddress {
  /** Without slash at the end. */
  readonly url: string;
  /** The same for every way of writing the address; fits into a status. */
  readonly id: string;
  /** Undefined for one over http. */
  readonly ssh: (SshAddress & { readonly user: string }) | undefined;
}

const longestId = 256;

/** Reads `source.git.url`. What may be reached is decided by the outbound client. */
export function repositoryAddress(text: string): RepositoryAddress {
  const url = /^https?:/i.test(text) ? URL.parse(text) : undefined;
  if (!url) return overSsh(text);
  if (url.username !== '' || url.password !== '') {
    throw new SourceError(
      'SourceRefused',
      'source.git.url carries a user name or password; take them out and let credentialsRef name a Secret',
    );
  }
  const plain = `${url.origin}${withoutSlash(url.pathname)}`;
  return { url: plain, id: shortened(withoutSuffix(plain)), ssh: undefined };
}

/** `git@host:path` begins in the user's home and `ssh://git@host/path` does not; hosts of repositories take both for one. */
function overSsh(text: string): RepositoryAddress {
  const address = sshAddress(text);
  if (address === undefined) {
    throw new SourceError(
      'SourceRefused',
      'source.git.url cannot be read; write it as https://host/path.git, ssh://user@host/path.git or user@host:path.git',
    );
  }
  const { user, port, argument } = address;
  if (user === undefined) {
    throw new SourceError('SourceRefused', `${argument} names no user; write it as ssh://user@host/path.git`);
  }
  const path = withoutSlash(speakable(address.path));
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const place = `ssh://${user}@${host}${port === 22 ? '' : `:${port}`}`;
  const id = `${place}/${encodeURI(withoutSuffix(path).replace(/^\/+/, ''))}`;
  return { url: withoutSlash(argument), id: shortened(id), ssh: { ...address, user, path } };
}

/** A path goes through the shell of the host: nothing that begins an option, ends a line or paints a terminal. */
function speakable(path: string): string {
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(path) && !path.startsWith('-')) return path;
  throw new SourceError(
    'SourceRefused',
    'the path of source.git.url begins with - or holds control characters; rename the repository',
  );
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function withoutSuffix(path: string): string {
  return path.replace(/\.git$/, '');
}

function shortened(id: string): string {
  return id.length <= longestId ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}
