import { createHash } from 'node:crypto';
import { secretText } from '../objects/secret-text.ts';
import { SourceError } from './errors.ts';
import { keyProblem } from './ssh/private-key.ts';

/** How the operator proves to a git host who it is. */
export type GitCredentials = HttpLogin | SshKey;

interface Login {
  /** Tells two credentials apart without holding them. */
  readonly identity: string;
}

export interface HttpLogin extends Login {
  readonly kind: 'Http';
  /** Value of the authorization header. */
  readonly authorization: string;
}

export interface SshKey extends Login {
  readonly kind: 'Ssh';
  /** As a file of OpenSSH. */
  readonly privateKey: string;
  /** As a file of OpenSSH: which host has which key. */
  readonly knownHosts: string;
}

/** The names that `kubectl create secret generic --type=kubernetes.io/ssh-auth` and git clients have for them. */
export const sshKeys = { privateKey: 'ssh-privatekey', knownHosts: 'known_hosts' } as const;

/** GitHub, GitLab and Gitea take a token with any user name; hosts that want a certain one read it from `username`. */
const anyUser = 'x-access-token';
const wanted = `token, or username and password, or for an ssh address ${sshKeys.privateKey} and ${sshKeys.knownHosts}`;
const mostKnownHosts = 64 * 1024;

/** Reads the `data` of the Secret that `credentialsRef` names, as it comes from the API server. */
export function gitCredentials(data: Readonly<Record<string, string>> = {}): GitCredentials {
  const { username, password, token } = {
    username: secretText(data, 'username'),
    password: secretText(data, 'password'),
    token: secretText(data, 'token'),
  };
  if (token !== undefined) return basic(username ?? anyUser, token);
  if (username !== undefined && password !== undefined) return basic(username, password);
  const privateKey = secretText(data, sshKeys.privateKey);
  if (privateKey !== undefined) return sshKey(privateKey, secretText(data, sshKeys.knownHosts));
  const found = Object.keys(data).slice(0, 10).sort().join(', ');
  throw missing(`needs the keys ${wanted}; it has ${found === '' ? 'none' : found}`);
}

function basic(username: string, password: string): HttpLogin {
  if (username.includes(':')) {
    throw new SourceError(
      'CredentialsMissing',
      "username in the Secret of source.git.credentialsRef must not hold ':'",
    );
  }
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { kind: 'Http', authorization, identity: identityOf(authorization) };
}

function sshKey(key: string, hosts: string | undefined): SshKey {
  if (hosts === undefined) {
    throw missing(
      `has ${sshKeys.privateKey} and lacks ${sshKeys.knownHosts}, by which the host is recognised; put the lines into it that "ssh-keyscan HOST" prints, after comparing them with what the host publishes`,
    );
  }
  if (hosts.length > mostKnownHosts)
    throw missing(`has more than 64 KiB of ${sshKeys.knownHosts}; leave the lines of this host`);
  const privateKey = asFile(key);
  const problem = keyProblem(privateKey.trimEnd());
  if (problem !== undefined) throw missing(`has a ${sshKeys.privateKey} that ${problem}`);
  const knownHosts = asFile(hosts);
  return { kind: 'Ssh', privateKey, knownHosts, identity: identityOf(`${privateKey}\0${knownHosts}`) };
}

/** ssh takes no key whose lines end in another way, and none whose last line does not end. */
function asFile(text: string): string {
  return `${text.replaceAll('\r\n', '\n')}\n`;
}

function missing(what: string): SourceError {
  return new SourceError('CredentialsMissing', `the Secret of source.git.credentialsRef ${what}`);
}

function identityOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
