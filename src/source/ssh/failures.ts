import { createHash } from 'node:crypto';
import { sshKeys } from '../credentials.ts';
import { SourceError } from '../errors.ts';
import type { Verdict } from './known-hosts.ts';

/** As `ssh-keygen -l` prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

interface Shown {
  /** The repository. */
  readonly shown: string;
  /** The host as known_hosts names it. */
  readonly name: string;
  readonly blob: Buffer;
}

const compare = 'compare it with what the host publishes, and only when it is the same';
const field = `${sshKeys.knownHosts} in the Secret of source.git.credentialsRef`;

/** Never believed at first sight: who can answer for a host once could then hand in any code. */
export function hostKeyRefused(verdict: Exclude<Verdict, 'Known'>, { shown, name, blob }: Shown): SourceError {
  const seen = `${shown}: the host shows the key ${fingerprint(blob)}`;
  const add = `${compare} put its line, "${name} ${typeOf(blob)} ...", into ${field}`;
  const messages = {
    Unknown: `${seen}, and ${field} has no line for ${name}; ${add}`,
    Different: `${seen}, and ${field} has another one for ${name}: the host has a new key, or somebody answers in its place; ${add}`,
    OnlyAuthority: `${seen}, and ${field} has for ${name} only a line @cert-authority, which this version cannot check; ${add}`,
    Revoked: `${seen}, which a line @revoked of ${field} forbids; have the host show another key`,
  };
  return new SourceError('SourceRefused', messages[verdict]);
}

/** The host chose the text of its key's type: only words that are known are repeated. */
function typeOf(blob: Buffer): string {
  const type = blob.length < 4 ? '' : blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  return /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/.test(type) ? type : 'TYPE';
}

/** What the client could not do, by its own word for the phase; never by what the host wrote. */
export function sessionFailed(shown: string, error: unknown): SourceError {
  const { level, code } = (error ?? {}) as { level?: unknown; code?: unknown };
  if (level === 'client-authentication' || code === noMoreMethods) {
    return new SourceError(
      'SourceForbidden',
      `${shown}: the git host refused the ssh key; add its public half to the repository as a deploy key, or renew the Secret of source.git.credentialsRef`,
    );
  }
  const phase =
    level === 'handshake'
      ? 'no algorithm suits both sides, or the host broke the handshake off'
      : 'the connection broke off';
  return new SourceError('SourceUnreachable', `${shown}: ${phase}; check that an ssh server answers there`);
}

/** RFC 4253: the reason of a host that ends the connection after refused logins. */
const noMoreMethods = 14;

const noSuchCommand = 127;

/** The program on the host ended and said nothing in git's protocol. What it wrote for people is not repeated. */
export function saidNothing(shown: string, exitCode: number | undefined): SourceError {
  if (exitCode === undefined) {
    return new SourceError(
      'SourceUnreachable',
      `${shown}: the git host broke off before it answered; check that it is well`,
    );
  }
  if (exitCode === noSuchCommand) {
    return new SourceError(
      'SourceNotFound',
      `no git answers at ${shown}; install it on the host, or correct source.git.url`,
    );
  }
  return new SourceError(
    'SourceNotFound',
    `${shown} does not exist, or is hidden from this ssh key; correct source.git.url, or add the key's public half to the repository as a deploy key`,
  );
}
