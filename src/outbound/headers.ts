import { Fault } from './errors.ts';

export type Headers = Readonly<Record<string, string>>;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// Printable ASCII and tabs: no line break can end the header and start another.
const value = /^[\t\u0020-\u007e]*$/;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ours = /^(host|connection|keep-alive|content-length|transfer-encoding|upgrade|te|trailer|expect|proxy-.*)$/;
/** What another origin may see. A list of what is harmless, because credentials have many names (PRIVATE-TOKEN, ...). */
const harmless = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'range', 'user-agent']);

const defaults: Headers = { 'accept-encoding': 'gzip, br', 'user-agent': 'vish' };

export function checkedMethod(method: string): string {
  if (!methods.has(method)) throw new Fault('RequestRefused', 'method');
  return method;
}

/** Lower-case names with the defaults; refuses what could change the host, the framing or add a line. */
export function checkedHeaders(headers: Headers): Headers {
  const checked = Object.entries(headers).map(([name, text]) => {
    const lower = name.toLowerCase();
    if (!token.test(name) || !value.test(text)) throw new Fault('RequestRefused', 'malformed header');
    if (ours.test(lower)) throw new Fault('RequestRefused', `header ${lower}`);
    return [lower, text] as const;
  });
  return { ...defaults, ...Object.fromEntries(checked) };
}

export function forOtherOrigin(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name)));
}

export function withoutBody(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}

/** What a server sent, by lower-case name; repeated headers are joined as in one line. */
export function receivedHeaders(raw: Readonly<Record<string, string | string[] | undefined>>): Map<string, string> {
  const entries = Object.entries(raw).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined);
  return new Map(entries.map(([name, text]) => [name.toLowerCase(), Array.isArray(text) ? text.join(', ') : text]));
}
