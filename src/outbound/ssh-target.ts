import { Fault } from './errors.ts';
import { parseTarget, type Target, targetOf } from './target.ts';

/** A repository over ssh, from either way of writing it. */
export interface SshAddress {
  readonly user: string | undefined;
  /** Lower case, punycode, without brackets and trailing dot. */
  readonly host: string;
  readonly port: number;
  /** What the host's shell is told, as git tells it: of `user@host:path` it may begin in the user's home. */
  readonly path: string;
  /** The canonical URL in the form it was given. */
  readonly argument: string;
}

type SshTarget = Target & SshAddress;

/** Reads an address without asking whether it may be reached. Undefined for what is none, or cannot be read. */
export function sshAddress(input: string): SshAddress | undefined {
  try {
    const target = parseSshTarget(input);
    if (target === undefined) return undefined;
    const { user, host, port, path, argument } = target;
    return { user, host, port, path, argument };
  } catch {
    return undefined;
  }
}

const sshUrl = /^ssh:\/\/(?:([a-z0-9_][a-z0-9._-]*)@)?([^/@]+)(\/.*)$/i;
/** With a user always: without one, `ext::sh` and `data:` would be read as hosts. */
const scpForm = /^([a-z0-9_][a-z0-9._-]*)@([^/:@[\]]+):(?![-:])(.+)$/i;

/** How ssh's file of known hosts names a host. */
export function hostKeyName({ host, port }: Pick<Target, 'host' | 'port'>): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** Undefined for what is no ssh address; a `Fault` for one that cannot be read. */
export function parseSshTarget(input: string): SshTarget | undefined {
  const url = sshUrl.exec(input);
  if (url) return fromUrl(url);
  const scp = input.includes('://') ? null : scpForm.exec(input);
  if (scp) return fromScp(scp);
  if (/^ssh:/i.test(input)) throw new Fault('InvalidUrl', 'write it as ssh://user@host/path, without a password');
  return undefined;
}

function fromUrl([, user, authority = '', written = '']: RegExpExecArray): SshTarget {
  const target = sshTarget(authority, written);
  const { url } = target;
  const path = decoded(url.pathname).replace(/^\/~/, '~');
  return { ...target, user, path, argument: `ssh://${user === undefined ? '' : `${user}@`}${url.host}${url.pathname}` };
}

function fromScp([, user, authority = '', path = '']: RegExpExecArray): SshTarget {
  const target = sshTarget(authority, path.startsWith('/') ? path : `/${path}`);
  const { pathname } = target.url;
  // git sends this form as it is written, so that nothing in it may mean another thing to the URL standard.
  if (pathname !== path && pathname !== `/${path}`) {
    throw new Fault(
      'InvalidUrl',
      'its path holds characters that ssh:// writes with %; write it as ssh://user@host/path',
    );
  }
  return { ...target, user, path, argument: `${user}@${target.host}:${path}` };
}

/** Read as https, because the URL standard canonicalises hosts (decimal addresses, for one) only for schemes it knows. */
function sshTarget(authority: string, path: string): Target {
  const { url } = parseTarget(`https://${authority}${path}`);
  // Port 443 is what https leaves out: without this, ssh://host:443 would be checked and dialled as port 22.
  if (/:0*443$/.test(authority)) throw new Fault('PortRefused', 'port 443 over ssh');
  url.search = '';
  return targetOf(url, 'ssh');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Fault('InvalidUrl', 'its path holds a % that stands for no character');
  }
}
