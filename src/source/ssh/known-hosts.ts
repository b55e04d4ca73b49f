import { namesHost } from './host-pattern.ts';

/** What a known_hosts file says of one host. */
export interface HostKeys {
  readonly good: readonly HostKey[];
  readonly revoked: readonly HostKey[];
  /** The host is to be believed by an authority, which nothing here can check. */
  readonly hasAuthority: boolean;
}

export interface HostKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  readonly blob: Buffer;
}

export type Verdict = 'Known' | 'Revoked' | 'Different' | 'OnlyAuthority' | 'Unknown';

const mostLines = 2000;
const line = /^(?:(@[a-z-]+)[ \t]+)?(\S+)[ \t]+([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+=*)(?:[ \t].*)?$/;

/** Lines that cannot be read are passed over, as OpenSSH does. */
export function keysOf(knownHosts: string, name: string): HostKeys {
  const keys = { good: [] as HostKey[], revoked: [] as HostKey[], hasAuthority: false };
  for (const text of knownHosts.split('\n', mostLines)) {
    const [, marker, names = '', type = '', blob = ''] = line.exec(text.trim()) ?? [];
    if (names === '' || names.startsWith('#') || !namesHost(names, name)) continue;
    const key = { type, blob: Buffer.from(blob, 'base64') };
    if (marker === undefined) keys.good.push(key);
    else if (marker === '@revoked') keys.revoked.push(key);
    else if (marker === '@cert-authority') keys.hasAuthority = true;
  }
  return keys;
}

/** A revoked key is refused, also where another line calls it good. */
export function judgeHostKey({ good, revoked, hasAuthority }: HostKeys, shown: Buffer): Verdict {
  const isShown = ({ blob }: HostKey) => blob.equals(shown);
  if (revoked.some(isShown)) return 'Revoked';
  if (good.some(isShown)) return 'Known';
  if (good.length > 0) return 'Different';
  return hasAuthority ? 'OnlyAuthority' : 'Unknown';
}

/** No signatures with SHA-1, which can be forged. */
const algorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

export type HostKeyAlgorithm = (typeof algorithms)[number];

/** Those of known keys first: a host with several keys would else show one that nobody wrote down. */
export function preferred({ good }: HostKeys): HostKeyAlgorithm[] {
  const types = new Set(good.map(({ type }) => type));
  const isKnown = (algorithm: string) => types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))];
}
