import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { collect } from './body.ts';
import { type ConnectionRequest, type OutboundConnection, openConnection } from './connection.ts';
import type { Gate } from './connector.ts';
import { admit, pinnedConnector } from './connector.ts';
import { Deadline } from './deadline.ts';
import { toFault } from './errors.ts';
import type { Answer } from './exchange.ts';
import { exchange } from './exchange.ts';
import { Flight } from './flight.ts';
import { checkedHeaders, checkedMethod } from './headers.ts';
import type { OutboundOptions, OutboundRequest } from './options.ts';
import { defaultLimits } from './options.ts';
import type { Pin } from './pin.ts';
import { parseProgramTarget, pinOf } from './pin.ts';
import { compilePolicy } from './policy.ts';
import type { Hop } from './redirect.ts';
import type { Target } from './target.ts';
import { parseTarget } from './target.ts';

export type { ConnectionRequest, OutboundConnection } from './connection.ts';
export { type OutboundCode, OutboundError } from './errors.ts';
export type { Exception, Limits, OutboundOptions, OutboundRequest, Outcome, StreamBody } from './options.ts';
export type { Pin } from './pin.ts';
export { dnsResolver, type Resolver } from './resolver.ts';
export { hostKeyName, type SshAddress, sshAddress } from './ssh-target.ts';

export interface OutboundStream {
  readonly status: number;
  /** Where the answer came from: another address than the one asked for when redirects were followed. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decompressed. Throws an `OutboundError` when a cap or deadline is passed half-way. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the connection; needed only when `body` is not read to its end. */
  cancel(): void;
}

export interface OutboundResponse {
  readonly status: number;
  /** Where the answer came from: another address than the one asked for when redirects were followed. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** The one way out for every URL that comes from a user. Every method rejects with an `OutboundError`. */
export interface Outbound {
  /** The whole answer. A status of 400 or more is an answer, not an error. */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** The answer as it comes, under the same caps and deadlines. */
  stream(request: OutboundRequest): Promise<OutboundStream>;
  /** A connection to the host of an ssh address, for a client that speaks ssh over it and resolves nothing. */
  connect(request: ConnectionRequest): Promise<OutboundConnection>;
  /** Whether the URL would be let out now. Only to tell a user early: `request` checks by itself, at the connection. */
  check(url: string): Promise<void>;
  /** The same check for a program that resolves names by itself (git, ssh), and what to pass to it. */
  pinForProgram(url: string): Promise<Pin>;
  /** Ends every connection. */
  close(): Promise<void>;
}

const connectionsPerOrigin = 8;

export function createOutbound(options: OutboundOptions): Outbound {
  const gate: Gate = {
    policy: compilePolicy(options),
    resolver: options.resolver,
    clock: options.clock,
    connectMs: options.connectMs ?? 10_000,
    ca: options.ca ?? [],
  };
  const agent = new Agent({
    connect: pinnedConnector(gate),
    connections: connectionsPerOrigin,
    maxHeaderSize: options.maxHeaderBytes ?? 32 * 1024,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  });
  const client: Client = { options, gate, agent };
  return {
    stream: (request) => openStream(client, request),
    request: async (request) => {
      const { status, url, headers, body } = await openStream(client, request);
      return { status, url, headers, body: await collect(body) };
    },
    connect: (request) => openConnection(client, request),
    check: (url) => admitted(client, 'check', () => parseTarget(url)).then(() => undefined),
    pinForProgram: async (url) => {
      const { target, addresses } = await admitted(client, 'pin', () => parseProgramTarget(url));
      return pinOf(target, addresses);
    },
    close: () => agent.destroy(),
  };
}

interface Client {
  readonly options: OutboundOptions;
  readonly gate: Gate;
  readonly agent: Agent;
}

async function openStream({ options, agent }: Client, request: OutboundRequest): Promise<OutboundStream> {
  const { method = 'GET', headers = {}, body, signal, secretPath = false, takesRedirect = false } = request;
  const limits = { ...defaultLimits, ...options.limits, ...request.limits };
  const flight = new Flight({ options, name: /^[A-Z]+$/.test(method) ? method : 'request', secretPath });
  const deadline = new Deadline(options.clock, { code: 'TotalTimeout', ms: limits.totalMs, caller: signal });
  try {
    const target = flight.aim(parseTarget(request.url));
    const first = { target, method: checkedMethod(method), headers: checkedHeaders(headers), body };
    const onHop = (followed: number, hop: Hop) => flight.hop(followed, hop);
    return streamOf(
      await exchange({ dispatcher: agent, deadline, limits, takesRedirect, onHop }, first),
      deadline,
      flight,
    );
  } catch (error) {
    deadline.end();
    throw flight.failed(error);
  }
}

function streamOf({ status, headers, hop, body }: Answer, deadline: Deadline, flight: Flight): OutboundStream {
  body.once('end', () => flight.ended('Ok'));
  body.once('error', (error) => flight.ended(toFault(error).code));
  body.once('close', () => {
    deadline.end();
    flight.ended('Aborted');
  });
  const { href: url } = hop.target.url;
  return { status, url, headers, body: readable(body, flight), cancel: () => void body.destroy() };
}

async function* readable(body: Readable, flight: Flight): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw flight.failed(error);
  }
}

interface Admitted<T extends Target> {
  readonly target: T;
  readonly addresses: readonly string[];
}

/** Resolves and judges a URL without connecting. */
async function admitted<T extends Target>(client: Client, name: string, parse: () => T): Promise<Admitted<T>> {
  const { options, gate } = client;
  const flight = new Flight({ options, name, secretPath: false });
  const deadline = new Deadline(gate.clock, { code: 'ConnectTimeout', ms: gate.connectMs });
  try {
    const target = parse();
    flight.aim(target);
    const addresses = await admit(gate, target, deadline.signal);
    flight.ended('Ok');
    return { target, addresses };
  } catch (error) {
    throw flight.failed(error);
  } finally {
    deadline.end();
  }
}
