import type { Socket } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Clock } from '../../seams/clock.ts';
import type { TlsMaterial } from '../connection/connection.ts';
import { pingIntervalMs, watchLiveness } from './liveness.ts';
import type { Purpose, TransportMetrics } from './metrics.ts';

export type Protocol = 'auto' | 'h1' | 'h2';

export interface PoolOptions {
  origin: string;
  tls: TlsMaterial;
  protocol: Protocol;
  proxyUrl: string | undefined;
  maxBodyBytes: number;
  clock: Clock;
  metrics: TransportMetrics;
}

/** The connections of one credential: calls and streams apart, so that a slow reader of a watch cannot hold up calls. */
export interface Pools extends Record<Purpose, Dispatcher> {
  readonly key: string;
  /** Lets what is under way finish, then closes. */
  retire(): Promise<void>;
  destroy(): Promise<void>;
}

/** The server was not reached, so it has seen nothing of the request. */
export class ConnectFailure extends Error {
  constructor(cause: Error) {
    super(cause.message || (cause as NodeJS.ErrnoException).code || 'no connection', { cause });
    this.name = 'ConnectFailure';
  }
}

const connectTimeoutMs = 10_000;
/** Shorter than the API server's 90 s, so that it is never the server that closes while a request is on its way. */
const keepAliveMs = 60_000;
/** After 20 s without traffic Linux sends a probe a second and gives up after ten. */
const tcpKeepAliveMs = 20_000;
const callConnections = { h1: 10, h2: 2 } as const;

export function poolKey(tls: TlsMaterial, protocol: Protocol): string {
  return `${tls.fingerprint}/${protocol}`;
}

export function createPools(options: PoolOptions): Pools {
  const { tls, protocol, clock } = options;
  // Fails here, before the old connections are given up, when a rotation was caught between certificate and key.
  createSecureContext(secureContext(tls));
  const liveness = watchLiveness(clock);
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket, spoken: 'h1' | 'h2') => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (spoken === 'h2') liveness.add(socket);
  };
  const dispatcher = (purpose: Purpose) => createDispatcher(purpose, options, onSocket);
  const calls = dispatcher('calls');
  const streams = dispatcher('streams');
  return {
    key: poolKey(tls, protocol),
    calls,
    streams,
    async retire() {
      await Promise.allSettled([calls.close(), streams.close()]);
      liveness.stop();
    },
    async destroy() {
      liveness.stop();
      await Promise.allSettled([calls.destroy(), streams.destroy()]);
      // After a GOAWAY undici no longer knows the old connection, though it may still carry a watch.
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A call costs a quarter less over HTTP/1.1, and a connection per watch is too many: see the figures in README.md. */
function offersH2(purpose: Purpose, protocol: Protocol): boolean {
  return protocol === 'h2' || (protocol === 'auto' && purpose === 'streams');
}

type OnSocket = (socket: Socket, spoken: 'h1' | 'h2') => void;

function createDispatcher(purpose: Purpose, options: PoolOptions, onSocket: OnSocket): Dispatcher {
  const { origin, tls, protocol, proxyUrl, maxBodyBytes } = options;
  const allowH2 = offersH2(purpose, protocol);
  const settings = {
    connections: purpose === 'calls' ? callConnections[allowH2 ? 'h2' : 'h1'] : null,
    allowH2,
    keepAliveTimeout: keepAliveMs,
    // Deadlines are ours, on the clock that was passed in.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(purpose === 'calls' && { maxResponseSize: maxBodyBytes }),
    h2Options: {
      pingInterval: pingIntervalMs,
      connectionWindowSize: 16 * 1024 * 1024,
      settings: { initialWindowSize: 4 * 1024 * 1024 },
    },
  };
  const requestTls = {
    ...secureContext(tls),
    allowH2,
    keepAliveInitialDelay: tcpKeepAliveMs,
    timeout: connectTimeoutMs,
  };
  // A proxy makes its own connections; only TCP keep-alive to the proxy watches over them.
  if (proxyUrl !== undefined) return new ProxyAgent({ ...settings, uri: proxyUrl, requestTls });
  const connect = observed(buildConnector(requestTls), purpose, options, onSocket);
  return new Pool(origin, { ...settings, connect });
}

function observed(
  connect: buildConnector.connector,
  purpose: Purpose,
  { metrics, protocol }: PoolOptions,
  onSocket: OnSocket,
): buildConnector.connector {
  return (target, callback) =>
    connect(target, (error, socket) => {
      if (error) return callback(new ConnectFailure(error), null);
      if (!socket) return callback(new ConnectFailure(new Error('no socket')), null);
      const spoken = (socket as TLSSocket).alpnProtocol === 'h2' ? 'h2' : 'h1';
      if (protocol === 'h2' && spoken === 'h1') {
        socket.destroy();
        return callback(new ConnectFailure(new Error('the server does not speak HTTP/2')), null);
      }
      metrics.connectionOpened(purpose, spoken);
      socket.once('close', () => metrics.connectionClosed(purpose));
      onSocket(socket, spoken);
      return callback(null, socket);
    });
}

function secureContext({ ca, cert, key, servername, insecure }: TlsMaterial) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: !insecure,
  };
}
