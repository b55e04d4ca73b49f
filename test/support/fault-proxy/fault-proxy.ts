import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type CertificateAuthority, createAuthority } from '../certificates.ts';
import type { Action } from './actions.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { createForwarder, type Forwarder, type Upstream } from './forward.ts';
import { createRuleBook, type Fault, type FaultRule } from './rules.ts';
import { startTcpLayer, type TcpLayer } from './tcp-layer.ts';

export interface FaultProxyOptions {
  upstream: Upstream;
  /** What it offers. Default both; the client chooses HTTP/2 when it can. */
  protocols?: 'both' | 'h1' | 'h2';
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
  /** `https://127.0.0.1:port`. */
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

export async function startFaultProxy({ upstream, protocols = 'both' }: FaultProxyOptions): Promise<FaultProxy> {
  let authority = await createAuthority();
  const rules = createRuleBook();
  const forwarder = createForwarder(upstream);
  const requests: SeenRequest[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = await createServer(authority, protocols);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('request', (request, response) => {
    const exchange = exchangeOf(request, response);
    const { method, path, protocol, headers, clientName } = exchange;
    requests.push({ method, path, protocol, headers, clientName });
    void handle(exchange, rules.take(exchange), forwarder);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tcp = await startTcpLayer((server.address() as AddressInfo).port);

  return {
    url: `https://127.0.0.1:${tcp.port}`,
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
      for (const session of sessions) session.goaway(0);
    },
    async swapAuthority() {
      authority = await createAuthority('second-test-ca');
      server.setSecureContext(await authority.serving());
    },
    async close() {
      await tcp.close();
      for (const session of sessions) session.destroy();
      server.close();
      await Promise.all([once(server, 'close'), forwarder.close()]);
    },
  };
}

async function createServer(
  authority: CertificateAuthority,
  protocols: 'both' | 'h1' | 'h2',
): Promise<Http2SecureServer> {
  const offered = { both: ['h2', 'http/1.1'], h1: ['http/1.1'], h2: ['h2'] }[protocols];
  const server = createSecureServer({
    ...(await authority.serving()),
    ALPNProtocols: offered,
    allowHTTP1: protocols !== 'h2',
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('tlsClientError', () => undefined);
  server.on('clientError', (_error, socket) => socket.destroy());
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
