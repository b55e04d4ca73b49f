import type { Socket } from 'node:net';
import { getCACertificates } from 'node:tls';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import type { Clock } from '../seams/clock.ts';
import { Deadline } from './deadline.ts';
import { Fault, toFault } from './errors.ts';
import type { Policy } from './policy.ts';
import { judge } from './policy.ts';
import { reaches } from './ranges.ts';
import type { Resolver } from './resolver.ts';
import type { Target } from './target.ts';
import { isLiteral, parseTarget } from './target.ts';

export interface Gate {
  readonly policy: Policy;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly connectMs: number;
  readonly ca: readonly string[];
}

/** How many addresses of one name are tried; all of them are judged. */
const maxAddresses = 8;

/** Resolves and judges. What comes back is what may be connected to, and nothing else. */
export async function admit(gate: Gate, target: Target, signal: AbortSignal): Promise<readonly string[]> {
  const addresses = isLiteral(target) ? [target.host] : await resolve(gate, target.host, signal);
  const refusal = judge(gate.policy, target, addresses);
  if (refusal) throw refusal;
  return addresses.slice(0, maxAddresses);
}

async function resolve(gate: Gate, host: string, signal: AbortSignal): Promise<readonly string[]> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([gate.resolver(host, signal), promise]);
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('DnsFailed', toFault(error).detail);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Opens every connection of the client. The check happens here and not before the request, so that no second look-up
 * can come between the check and the connection, and a connection that is reused is one that was checked.
 */
export function pinnedConnector(gate: Gate): buildConnector.connector {
  const connect = callbackify((options: buildConnector.Options) => open(gate, options));
  return (options, callback) =>
    connect(options, (error, socket) => (error ? callback(error, null) : callback(null, socket)));
}

function open(gate: Gate, options: buildConnector.Options): Promise<Socket> {
  const authority = options.hostname.includes(':') ? `[${options.hostname}]` : options.hostname;
  return connected(gate, () => ({ target: parseTarget(`${options.protocol}//${authority}:${options.port}`), options }));
}

/** A plain TCP connection, for what is spoken without undici. */
export function connectTo(gate: Gate, target: Target, caller: AbortSignal): Promise<Socket> {
  const { host, port } = target;
  const options = { protocol: 'http:', host, hostname: host, port: String(port) };
  return connected(gate, () => ({ target, options }), caller);
}

interface Wish {
  readonly target: Target;
  readonly options: buildConnector.Options;
}

async function connected(gate: Gate, wish: () => Wish, caller?: AbortSignal): Promise<Socket> {
  const deadline = new Deadline(gate.clock, { code: 'ConnectTimeout', ms: gate.connectMs, caller });
  try {
    const { target, options } = wish();
    const addresses = await admit(gate, target, deadline.signal);
    const socket = await dial(gate, { ...options, addresses, signal: deadline.signal });
    return verified(socket, addresses);
  } catch (error) {
    throw deadline.signal.aborted ? deadline.signal.reason : toFault(error);
  } finally {
    deadline.end();
  }
}

interface Dial extends buildConnector.Options {
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
}

function dial(gate: Gate, { addresses, signal, ...options }: Dial): Promise<Socket> {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const connect = buildConnector({
    allowH2: false,
    timeout: 0,
    // A resumed session is not checked against the host name again.
    maxCachedSessions: 0,
    // Said again, because NODE_TLS_REJECT_UNAUTHORIZED could turn it off for the whole process.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(gate.ca.length > 0 && { ca: [...getCACertificates('default'), ...gate.ca] }),
    signal,
    autoSelectFamily: true,
    lookup: (_host: string, _options: object, done: (error: null, found: object) => void) => done(null, found),
  } as buildConnector.BuildOptions);
  return new Promise((resolve, reject) => {
    connect(options, (error, socket) => (error ? reject(error) : resolve(socket)));
  });
}

/** Belt and braces: a connection to anything but an admitted address is closed before a byte is sent on it. */
function verified(socket: Socket, addresses: readonly string[]): Socket {
  const admitted = new Set(addresses.map(canonical));
  if (admitted.has(canonical(socket.remoteAddress ?? ''))) return socket;
  socket.destroy();
  throw new Fault('AddressRefused', 'connected elsewhere');
}

function canonical(address: string): string {
  return reaches(address)?.join(' ') ?? '';
}
