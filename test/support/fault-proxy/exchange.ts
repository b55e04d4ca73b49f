import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';

/** One request on its way through the proxy, whatever the protocol. */
export interface Exchange {
  method: string;
  /** Path with query. */
  path: string;
  headers: IncomingHttpHeaders;
  protocol: 'h1' | 'h2';
  /** Common name of the client's certificate; undefined without one. */
  clientName: string | undefined;
  body: AsyncIterable<Buffer>;
  hasBody: boolean;
  respond(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void;
  /** Resolves when the client took the bytes; false when it is gone. */
  write(chunk: Buffer): Promise<boolean>;
  end(): void;
  /** Kills this exchange: its stream over HTTP/2, its connection over HTTP/1.1. */
  reset(): void;
  /** Kills the connection under it. */
  resetConnection(): void;
  /** Tells the client to open another connection for what comes next: GOAWAY, or `connection: close`. */
  goaway(): void;
  /** Aborts when the client went away. */
  gone: AbortSignal;
}

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

/** As Go's server does: no new streams, those that are open go on. The client then leaves the connection. */
export function leaveSession(session: Http2Session): void {
  session.goaway(0, 2 ** 31 - 1);
}

/** Headers that belong to one connection and must not be passed on. */
export const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'http2-settings',
]);

export function exchangeOf(request: AnyRequest, response: AnyResponse): Exchange {
  const stream = 'stream' in response ? response.stream : undefined;
  const socket = (stream?.session?.socket ?? request.socket) as TLSSocket;
  const { clientName, resetRaw } = connectionOf(socket);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    protocol: stream ? 'h2' : 'h1',
    clientName,
    body: request as AsyncIterable<Buffer>,
    hasBody: request.method !== 'GET' && request.method !== 'HEAD',
    respond(status, headers) {
      const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !hopHeaders.has(name));
      (response as ServerResponse).writeHead(status, Object.fromEntries(kept) as Record<string, string>);
      (response as ServerResponse).flushHeaders?.();
    },
    write: (chunk) => write(response as ServerResponse, chunk, gone.signal),
    end: () => void (response as ServerResponse).end(),
    reset: () => (stream ? stream.close(constants.NGHTTP2_INTERNAL_ERROR) : resetRaw()),
    resetConnection: resetRaw,
    goaway() {
      if (stream?.session) leaveSession(stream.session);
      else (response as ServerResponse).setHeader('connection', 'close');
    },
    gone: gone.signal,
  };
}

function connectionOf(socket: TLSSocket): { clientName: string | undefined; resetRaw: () => void } {
  const name = socket.getPeerCertificate?.()?.subject?.CN;
  return { clientName: typeof name === 'string' ? name : undefined, resetRaw: () => void socket.destroy() };
}

async function write(response: ServerResponse, chunk: Buffer, gone: AbortSignal): Promise<boolean> {
  if (gone.aborted) return false;
  if (response.write(chunk)) return true;
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
  return !gone.aborted;
}
