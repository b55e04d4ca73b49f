import { hostKeyName, parseSshTarget } from './ssh-target.ts';
import type { Target } from './target.ts';
import { isLiteral, parseTarget } from './target.ts';

/** What a program that resolves names by itself is given, so that it connects to the addresses that were checked. */
export interface Pin {
  /** The URL in its canonical form; pass this one, behind `--`, and never the user's. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** For programs other than git and ssh. */
  readonly addresses: readonly string[];
  /** Options before git's subcommand, and its environment. Needs git 2.37 or newer: older ones ignore the address. */
  readonly git: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
  /** Options of ssh. */
  readonly ssh: readonly string[];
}

interface ProgramTarget extends Target {
  /** The canonical URL in the form it was given. */
  readonly argument: string;
}

/** Reads what git takes for a remote: https and http as elsewhere, `ssh://` and `user@host:path`. Nothing local. */
export function parseProgramTarget(input: string): ProgramTarget {
  const ssh = parseSshTarget(input);
  if (ssh) return ssh;
  const target = parseTarget(input);
  return { ...target, argument: target.url.href };
}

export function pinOf(target: ProgramTarget, addresses: readonly string[]): Pin {
  const { host, port } = target;
  const ssh = sshOptions(target, addresses);
  return {
    url: target.argument,
    host,
    port,
    addresses,
    ssh,
    git: { args: gitArgs(target, addresses), env: gitEnv(target, ssh) },
  };
}

function gitArgs(target: Target, addresses: readonly string[]): string[] {
  const pinned = `${target.host}:${target.port}:${addresses.map(bracketed).join(',')}`;
  const config = [
    ...(isLiteral(target) ? [] : [`http.curloptResolve=${pinned}`]),
    // Also keeps a dumb server from naming other places to fetch from (http-alternates).
    'http.followRedirects=false',
    'http.proxy=',
    'http.sslVerify=true',
    // What a server or repository can make git fetch from elsewhere.
    'transfer.bundleURI=false',
    'fetch.uriProtocols=',
    'submodule.recurse=false',
  ];
  return config.flatMap((entry) => ['-c', entry]);
}

function gitEnv(target: Target, ssh: readonly string[]): Record<string, string> {
  return {
    GIT_ALLOW_PROTOCOL: target.scheme,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_SSH_VARIANT: 'ssh',
    GIT_SSH_COMMAND: ['ssh', ...ssh.map((option) => `'${option}'`)].join(' '),
  };
}

/** The host key is looked up under the name that the user wrote, though the address is dialled. */
function sshOptions(target: Target, [address = '']: readonly string[]): string[] {
  const options = [
    `HostName=${address}`,
    `HostKeyAlias=${hostKeyName(target)}`,
    'CheckHostIP=no',
    'CanonicalizeHostname=no',
    'ProxyCommand=none',
    'ProxyJump=none',
    'ControlPath=none',
    'BatchMode=yes',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
  ];
  return ['-F', '/dev/null', ...options.flatMap((option) => ['-o', option])];
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
