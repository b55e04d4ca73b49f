import { createHash } from 'node:crypto';
import { secretText } from '../objects/secret-text.ts';
import { SourceError } from './errors.ts';

/** How the operator proves to a git host who it is. */
export interface GitCredentials {
  /** Value of the authorization header. */
  readonly authorization: string;
  /** Tells two credentials apart without holding them. */
  readonly identity: string;
}

/** GitHub, GitLab and Gitea take a token with any user name; hosts that want a certain one read it from `username`. */
const anyUser = 'x-access-token';
const wanted = 'token, or username and password';

/** Reads the `data` of the Secret that `credentialsRef` names, as it comes from the API server. */
export function gitCredentials(data: Readonly<Record<string, string>> = {}): GitCredentials {
  const { username, password, token } = {
    username: secretText(data, 'username'),
    password: secretText(data, 'password'),
    token: secretText(data, 'token'),
  };
  if (token !== undefined) return basic(username ?? anyUser, token);
  if (username !== undefined && password !== undefined) return basic(username, password);
  if (Object.hasOwn(data, 'ssh-privatekey')) {
    throw new SourceError(
      'SourceRefused',
      `the Secret of source.git.credentialsRef holds an ssh key, which this version cannot use; put ${wanted} into it and write the repository as https://`,
    );
  }
  const found = Object.keys(data).slice(0, 10).sort().join(', ');
  throw new SourceError(
    'CredentialsMissing',
    `the Secret of source.git.credentialsRef needs the keys ${wanted}; it has ${found === '' ? 'none' : found}`,
  );
}

function basic(username: string, password: string): GitCredentials {
  if (username.includes(':')) {
    throw new SourceError(
      'CredentialsMissing',
      "username in the Secret of source.git.credentialsRef must not hold ':'",
    );
  }
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { authorization, identity: createHash('sha256').update(authorization).digest('hex') };
}
