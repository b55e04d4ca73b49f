import { Fault, toFault } from './errors.ts';
import type { Headers } from './headers.ts';
import { forOtherOrigin, withoutBody } from './headers.ts';
import { type Body, isStream } from './options.ts';
import type { Target } from './target.ts';
import { parseTarget } from './target.ts';

export interface Hop {
  readonly target: Target;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Body | undefined;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends us: the next hop, or undefined when it is the final answer. */
export function nextHop(hop: Hop, status: number, location: string | undefined): Hop | undefined {
  if (!redirects.has(status)) return undefined;
  if (location === undefined) throw new Fault('RedirectRefused', 'no location');
  if (isStream(hop.body)) throw new Fault('RedirectRefused', 'a body that cannot be sent again');
  const target = located(location, hop.target.url);
  if (hop.target.scheme === 'https' && target.scheme !== 'https') throw new Fault('RedirectRefused', 'https to http');
  const sameOrigin = target.url.origin === hop.target.url.origin;
  const next = { ...hop, target, headers: sameOrigin ? hop.headers : forOtherOrigin(hop.headers) };
  return becomesGet(hop.method, status)
    ? { ...next, method: 'GET', headers: withoutBody(next.headers), body: undefined }
    : next;
}

/** As browsers do: 303 always, 301 and 302 only after POST. */
function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function located(location: string, base: URL): Target {
  try {
    return parseTarget(location, base);
  } catch (error) {
    throw new Fault('RedirectRefused', toFault(error).code);
  }
}
