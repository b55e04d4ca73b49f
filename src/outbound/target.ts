import { isIP } from 'node:net';
import { Fault } from './errors.ts';

export type Scheme = 'https' | 'http' | 'ssh';

/** Where a URL leads, after the one reading of it that everything behind uses. */
export interface Target {
  readonly scheme: Scheme;
  /** Lower case, punycode, without brackets and trailing dot. */
  readonly host: string;
  readonly port: number;
  /** The URL in its canonical form: what was checked is what is sent or handed to a program. */
  readonly url: URL;
}

const maxUrlLength = 8192;
const defaultPorts: Readonly<Record<Scheme, number>> = { https: 443, http: 80, ssh: 22 };
// Two parsers that disagree about a character are how checks are passed; nobody needs these in a URL.
// oxlint-disable-next-line no-control-regex
const ambiguous = /[\u0000-\u0020\u007f-\u00a0\\]/;
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads a URL from a user. Never repeats it in an error: it may hold a password. */
export function parseTarget(input: string, base?: URL): Target {
  if (input.length > maxUrlLength) throw new Fault('InvalidUrl', `it is longer than ${maxUrlLength} characters`);
  if (ambiguous.test(input)) throw new Fault('InvalidUrl', 'it holds a space, a control character or a backslash');
  const url = URL.parse(input, base?.href);
  if (!url) throw new Fault('InvalidUrl');
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'https' && scheme !== 'http') throw new Fault('SchemeRefused');
  if (url.username !== '' || url.password !== '') throw new Fault('UserinfoRefused');
  return targetOf(url, scheme);
}

/** Cleans a parsed http(s) URL; `scheme` is ssh when it stands for one. */
export function targetOf(url: URL, scheme: Scheme): Target {
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  url.hash = '';
  const host = bareHost(url);
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port);
  if (port === 0) throw new Fault('PortRefused', 'port 0');
  return { scheme, host, port, url };
}

export function isLiteral(target: Target): boolean {
  return isIP(target.host) !== 0;
}

function bareHost(url: URL): string {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  if (isIP(host) !== 0) return host;
  if (host.length > 253 || !host.split('.').every((part) => label.test(part))) {
    throw new Fault('InvalidUrl', 'its host is not a host name');
  }
  return host;
}

/** How an error names a target: no user, password or query, the path on demand and cut. */
export function redact(target: Target, showPath: boolean): string {
  const path = target.url.pathname;
  if (path === '/') return origin(target);
  if (!showPath) return `${origin(target)}/...`;
  return `${origin(target)}${path.length > 120 ? `${path.slice(0, 120)}...` : path}`;
}

function origin({ scheme, url }: Target): string {
  return `${scheme}://${url.host}`;
}
