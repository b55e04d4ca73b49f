import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Runnable } from '../manager/runnable.ts';
import type { Reply, Request, RequestHandler } from './reply.ts';
import { keepTlsFresh, readTls, type TlsFiles } from './tls.ts';

export interface HttpServerOptions {
  name: string;
  /** 0 takes any free port; see `port`. */
  port: number;
  /** Default all addresses, because probes and scrapes come from other nodes. */
  host?: string;
  handler: RequestHandler;
  /** Answers PUT, and only to who asks from this very machine or pod. Default: nothing does. */
  changes?: RequestHandler;
  logger: Logger;
  clock: Clock;
  /** Serve TLS with these files, which may be replaced while running. Default: plain HTTP. */
  tls?: TlsFiles;
}

const limits = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 2000,
};
const mostConnections = 128;

/** A small HTTP server for probes and scrapes: no bodies, bounded in size, time and connections. */
export class HttpServer implements Runnable {
  readonly name: string;
  readonly needsLeadership = false;
  private readonly options: HttpServerOptions;
  private readonly listening = Promise.withResolvers<number>();

  constructor(options: HttpServerOptions) {
    this.options = options;
    this.name = options.name;
    // Whoever asks for the port gets the error; without one asking it must not count as unhandled.
    this.listening.promise.catch(() => undefined);
  }

  /** The port that it listens on; rejects when it could not. */
  get port(): Promise<number> {
    return this.listening.promise;
  }

  async ready(): Promise<void> {
    await this.listening.promise;
  }

  async start(signal: AbortSignal): Promise<void> {
    const { tls, clock, logger } = this.options;
    const server = await this.listen();
    const fresh =
      tls && 'setSecureContext' in server ? keepTlsFresh(server, { tls, clock, logger, signal }) : undefined;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await close(server);
    await fresh;
  }

  private async listen(): Promise<Server | TlsServer> {
    const { tls, host, port, name } = this.options;
    const onRequest = (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response);
    try {
      const server = tls
        ? createTlsServer({ ...limits, ...(await readTls(tls)), minVersion: 'TLSv1.2' }, onRequest)
        : createServer(limits, onRequest);
      server.maxConnections = mostConnections;
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      this.listening.resolve((server.address() as AddressInfo).port);
      return server;
    } catch (error) {
      const failed = new Error(`start the ${name} server on port ${port}: choose another port or look below`, {
        cause: error,
      });
      this.listening.reject(failed);
      throw failed;
    }
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { name, handler, changes, logger } = this.options;
    const answer = message.method === 'PUT' && changes !== undefined ? changes : handler;
    try {
      const reply = refusal(message, changes !== undefined) ?? (await answer(toRequest(message)));
      send(response, reply, message.method === 'HEAD');
    } catch (error) {
      logger.error({ server: name, err: error }, 'a request failed');
      send(response, { status: 500, body: 'failed, see the log\n' }, false);
    }
  }
}

function refusal({ method = '', headers, socket }: IncomingMessage, takesPut: boolean): Reply | undefined {
  const close = { connection: 'close' };
  const allowed = ['GET', 'HEAD', ...(takesPut ? ['PUT'] : [])];
  if (!allowed.includes(method)) {
    return { status: 405, body: `only ${allowed.join(', ')}\n`, headers: { ...close, allow: allowed.join(', ') } };
  }
  if (method === 'PUT' && !isOwn(socket.remoteAddress)) {
    return { status: 403, body: 'only from inside of the pod: see kubectl port-forward\n', headers: close };
  }
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  return hasBody ? { status: 413, body: 'no body is taken\n', headers: close } : undefined;
}

function isOwn(address = ''): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.');
}

function toRequest({ url = '/', headers }: IncomingMessage): Request {
  const { pathname, searchParams } = new URL(url.startsWith('/') ? `http://server${url}` : url, 'http://server');
  return { path: pathname, query: searchParams, headers };
}

function send(response: ServerResponse, reply: Reply, head: boolean): void {
  response.writeHead(reply.status, {
    'content-type': reply.type ?? 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(reply.body),
    ...reply.headers,
  });
  response.end(head ? undefined : reply.body);
}

/** Answers what is under way, ends the rest: a scraper that keeps its connection open must not hold up the end. */
async function close(server: Server | TlsServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await closed;
}
