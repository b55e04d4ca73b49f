import { createHash } from 'node:crypto';
import { RequestCounts } from './request-counts.ts';

/** Of this process: tests and what they run in it. */
export const sentRequests = new RequestCounts();

/** What undici tells about a request that is about to be sent. */
export interface SentRequest {
  method: string;
  path: string;
  body?: unknown;
}

/** What it does to what; the same key again is the same request again. Undefined for what is not for an API server. */
export function keyOfRequest({ method, path, body }: SentRequest): string | undefined {
  const { pathname, searchParams } = new URL(path, 'http://server');
  if (!/^\/apis?\//.test(pathname)) return undefined;
  const verb = searchParams.has('watch') ? 'WATCH' : method;
  const name = method === 'POST' ? nameIn(body) : '';
  // It changes nothing and so wakes nobody; to try one body after the other is what it is for.
  const tried = searchParams.has('dryRun') ? digest(body) : '';
  return [verb, pathname, name, tried].filter(Boolean).join(' ');
}

/** A collection gets many objects, each once. */
function nameIn(body: unknown): string {
  if (!Buffer.isBuffer(body)) return '';
  try {
    const { metadata } = JSON.parse(body.toString()) as { metadata?: { name?: string; generateName?: string } };
    return metadata?.name ?? metadata?.generateName ?? '';
  } catch {
    return ''; // a body that is no object has no name, and its requests count together
  }
}

function digest(body: unknown): string {
  return createHash('sha256')
    .update(Buffer.isBuffer(body) ? body : '')
    .digest('hex');
}
