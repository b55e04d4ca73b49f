import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { decoded } from './body.ts';
import type { Deadline } from './deadline.ts';
import { Fault, toFault } from './errors.ts';
import { type Headers, receivedHeaders } from './headers.ts';
import { isStream, type Limits, type StreamBody } from './options.ts';
import type { Hop } from './redirect.ts';
import { nextHop } from './redirect.ts';

interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly deadline: Deadline;
  readonly limits: Limits;
  /** Whether a redirect is an answer like any other. */
  readonly takesRedirect: boolean;
  /** Told before each hop, so that an error can name the one that failed. */
  readonly onHop: (followed: number, hop: Hop) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly hop: Hop;
  readonly body: Readable;
}

/** Sends a request and follows its redirects; each hop is a new target and is checked as such. */
export async function exchange(context: Exchange, first: Hop): Promise<Answer> {
  let hop = first;
  for (let followed = 0; ; followed++) {
    context.onHop(followed, hop);
    const response = await send(context, hop);
    const next = context.takesRedirect ? undefined : nextOrDiscard(response, hop);
    if (!next) return answer(context, response, hop);
    if (followed >= context.limits.redirects) throw new Fault('TooManyRedirects', `more than ${followed}`);
    hop = next;
  }
}

async function send({ dispatcher, deadline, limits }: Exchange, hop: Hop): Promise<Dispatcher.ResponseData> {
  const renew = () => deadline.enter('HeadersTimeout', limits.headersMs);
  renew();
  const { url } = hop.target;
  try {
    return await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: hop.method,
      ...(isStream(hop.body)
        ? streamed(hop.body, hop.headers, renew)
        : { headers: hop.headers, body: hop.body ?? null }),
      signal: deadline.signal,
      // Both kept by `Deadline`, on the clock that tests can move.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : toFault(error);
  }
}

function streamed({ stream, length }: StreamBody, headers: Headers, onChunk: () => void) {
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      onChunk();
      yield chunk;
    }
  }
  const body = Readable.from(watched(), { objectMode: false, highWaterMark: 64 * 1024 });
  return { headers: { ...headers, 'content-length': String(length) }, body };
}

/** The body of a redirect is not read: the connection is dropped with whatever the server still wants to send. */
function nextOrDiscard(response: Dispatcher.ResponseData, hop: Hop): Hop | undefined {
  let final = false;
  try {
    const location = receivedHeaders(response.headers).get('location');
    const next = nextHop(hop, response.statusCode, location);
    final = next === undefined;
    return next;
  } finally {
    if (!final) discard(response.body);
  }
}

function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function answer({ deadline, limits }: Exchange, response: Dispatcher.ResponseData, hop: Hop): Answer {
  const renew = () => deadline.enter('BodyTimeout', limits.bodyIdleMs);
  renew();
  const headers = receivedHeaders(response.headers);
  const bodiless = hop.method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
  const encoding = bodiless ? undefined : headers.get('content-encoding');
  try {
    const body = decoded({ source: response.body, encoding, limits, onChunk: renew });
    // They describe the bytes as sent, which the caller does not get to see.
    if (encoding !== undefined) for (const name of ['content-encoding', 'content-length']) headers.delete(name);
    return { status: response.statusCode, headers, hop, body };
  } catch (error) {
    discard(response.body);
    throw error;
  }
}
