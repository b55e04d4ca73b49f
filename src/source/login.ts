import { type GitCredentials, type HttpLogin, type SshKey, sshKeys } from './credentials.ts';
import { SourceError } from './errors.ts';
import type { RepositoryAddress } from './git/repository.ts';

/** For an address over http; undefined for a public repository. */
export function httpLogin(credentials: GitCredentials | undefined): HttpLogin | undefined {
  if (credentials?.kind !== 'Ssh') return credentials;
  throw new SourceError(
    'SourceRefused',
    'the Secret of source.git.credentialsRef holds an ssh key, and source.git.url is not an ssh address; put token, or username and password into it, or write the repository as ssh://user@host/path.git',
  );
}

const both = `${sshKeys.privateKey} and ${sshKeys.knownHosts}`;

/** For an address over ssh, where nobody is let in without a key. */
export function sshLogin(credentials: GitCredentials | undefined): SshKey {
  if (credentials?.kind === 'Ssh') return credentials;
  if (credentials === undefined) {
    throw new SourceError(
      'CredentialsMissing',
      `source.git.url is an ssh address; let source.git.credentialsRef name a Secret with ${both}`,
    );
  }
  throw new SourceError(
    'SourceRefused',
    `the Secret of source.git.credentialsRef holds a token or password, and source.git.url is an ssh address; let it hold ${both} alone, or write the repository as https://host/path.git`,
  );
}

/** The login that fits the address, or why none does. */
export function loginFor(
  { ssh }: RepositoryAddress,
  credentials: GitCredentials | undefined,
): GitCredentials | undefined {
  return ssh === undefined ? httpLogin(credentials) : sshLogin(credentials);
}
