import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type CertificateAuthority, createAuthority, type KeyPair } from '../certificates.ts';
import type { Action } from './actions.ts';
import { type AnyRequest, type AnyResponse, type Exchange, exchangeOf, leaveSession } from './exchange.ts';
import { createForwarder, type Forwarder, type Upstream } from './forward.ts';
import { createRuleBook, type Fault, type FaultRule } from './rules.ts';
import { startTcpLayer, type TcpLayer } from './tcp-layer.ts';

export interface FaultProxyOptions {
  upstream: Upstream;
  /** What it offers. Default both; the client chooses HTTP/2 when it can. */
  protocols?: 'both' | 'h1' | 'h2';
  /** Where it listens and what its certificate is for. Default 127.0.0.1; pods reach only an address of the node. */
  host?: string;
  /** Sees every request, before the faults. */
  always?: Action;
}

export interface SeenRequest {
  method: string;
  path: string;
  protocol: 'h1' | 'h2';
  headers: Exchange['headers'];
  clientName: string | undefined;
}

/** Stands between a client and an API server and does to the traffic what networks, proxies and servers do. */
export interface FaultProxy {
  /** `https://host:port`. */
  readonly url: string;
  /** Who signed its serving certificate; changes with `swapAuthority`. */
  readonly ca: string;
  /** Makes client certificates that it reads the name from. */
  readonly authority: CertificateAuthority;
  /** Every request that reached it, in order; a test may empty it. */
  readonly requests: SeenRequest[];
  /** The TCP side: `opened()`, `open()`, `freeze()`, `thaw()`, `reset()`, `refuse()`. */
  readonly tcp: Omit<TcpLayer, 'close' | 'port'>;
  fault(rule: FaultRule): Fault;
  /** Forgets all faults. */
  clearFaults(): void;
  /** GOAWAY on every HTTP/2 connection; what is under way goes on. */
  goaway(): void;
  /** From now on it serves a certificate of a new authority. Open connections stay. */
  swapAuthority(): Promise<void>;
  close(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { upstream, protocols = 'both', host = '127.0.0.1', always } = options;
  let authority = await createAuthority();
  const rules = createRuleBook();
  const forwarder = createForwarder(upstream);
  const requests: SeenRequest[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  const server = await createServer(await authority.serving(namesOf(host)), protocols);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('request', (request: AnyRequest, response: AnyResponse) => {
    const exchange = exchangeOf(request, response);
    const { method, path, protocol, headers, clientName } = exchange;
    requests.push({ method, path, protocol, headers, clientName });
    void handle(exchange, [...(always ? [always] : []), ...rules.take(exchange)], forwarder);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tcp = await startTcpLayer((server.address() as AddressInfo).port, host);

  return {
    url: `https://${host}:${tcp.port}`,
    get ca() {
      return authority.cert;
    },
    get authority() {
      return authority;
    },
    requests,
    tcp,
    fault: (rule) => rules.add(rule),
    clearFaults: () => rules.clear(),
    goaway() {
      for (const session of sessions) leaveSession(session);
    },
    async swapAuthority() {
      authority = await createAuthority('second-test-ca');
      server.setSecureContext(await authority.serving(namesOf(host)));
    },
    async close() {
      await tcp.close();
      for (const session of sessions) session.destroy();
      // A peer that left between the handshake and its session is noticed by nobody, and `close` would wait for it.
      for (const socket of sockets) socket.destroy();
      server.close();
      await Promise.all([once(server, 'close'), forwarder.close()]);
    },
  };
}

type Server = Http2SecureServer | HttpsServer;

function namesOf(host: string): string[] {
  return [...new Set(['localhost', '127.0.0.1', '::1', host])];
}

async function createServer(serving: KeyPair, protocols: 'both' | 'h1' | 'h2'): Promise<Server> {
  const tls = { ...serving, requestCert: true, rejectUnauthorized: false };
  // A server of node:http2 offers HTTP/2 whatever it is told, so HTTP/1.1 alone needs the other module.
  const server =
    protocols === 'h1' ? createHttpsServer(tls) : createSecureServer({ ...tls, allowHTTP1: protocols === 'both' });
  // Without it the two writes of an HTTP/1.1 answer wait 40 ms for each other.
  server.on('secureConnection', (socket: TLSSocket) => socket.setNoDelay(true));
  server.on('tlsClientError', () => undefined);
  server.on('clientError', (_error: Error, socket: Duplex) => socket.destroy());
  server.setTimeout(0);
  return server;
}

async function handle(exchange: Exchange, actions: readonly Action[], forwarder: Forwarder): Promise<void> {
  try {
    for (const action of actions) if (await action.intercept?.(exchange)) return;
    await forwarder.forward(exchange, actions);
  } catch {
    // The server cut its answer, or the client left: either way the client must see a broken answer, never a short one.
    exchange.reset();
  }
}
