import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { systemClock } from '../seams/system.ts';
import type { Outbound, OutboundOptions, Outcome } from './outbound.ts';
import { createOutbound, OutboundError } from './outbound.ts';

/** The address of the server that may be reached, by an exception; Linux has all of 127.0.0.0/8. */
export const goodAddress = '127.0.0.2';
/** A second one, for redirects to another origin. */
const otherAddress = '127.0.0.3';

/**
 * A victim that must not be reached, on 127.0.0.1 and [::1], and two servers that may be, on other loopback addresses
 * and the same port, so that only the address decides.
 */
export class Rig {
  readonly port: number;
  /** Connections that the victim saw. */
  reached = 0;
  /** What the good servers saw. */
  readonly seen: { readonly request: IncomingMessage; readonly body: string }[] = [];
  readonly connections = new Set<Socket>();
  readonly outcomes: Outcome[] = [];
  /** Answers of the resolver: addresses, or one list for each look-up in turn. */
  readonly names = new Map<string, readonly (readonly string[])[]>();
  lookups = 0;
  handler: RequestListener = (_request, response) => response.end('hello');
  private readonly servers: Server[] = [];
  private readonly clients: Outbound[] = [];

  private constructor(port: number) {
    this.port = port;
    this.names.set('good.test', [[goodAddress]]).set('other.test', [[otherAddress]]);
  }

  static async start(): Promise<Rig> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const rig = new Rig(await freePort());
      if (await rig.listen()) return rig;
      await rig.stop();
    }
    throw new Error('found no port that is free on all loopback addresses');
  }

  url(host: string, path = '/'): string {
    return `http://${host}:${this.port}${path}`;
  }

  /** A client that may reach the good servers alone, though http and the port are allowed everywhere. */
  client(options: Partial<OutboundOptions> = {}): Outbound {
    const client = createOutbound({
      clock: systemClock,
      resolver: (host) => this.resolve(host),
      exceptions: [{ cidr: '127.0.0.2/31' }],
      allowHttp: true,
      ports: [this.port],
      onOutcome: (outcome) => this.outcomes.push(outcome),
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) await client.close();
    for (const server of this.servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close').catch(() => undefined);
    }
  }

  private async resolve(host: string): Promise<readonly string[]> {
    const answers = this.names.get(host);
    if (!answers) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    return answers[Math.min(this.lookups++, answers.length - 1)] ?? [];
  }

  private async listen(): Promise<boolean> {
    const good = () =>
      createServer((request, response) => {
        // A client that breaks off is what some tests are about.
        this.serve(request, response).catch(() => response.destroy());
      });
    const victim = () =>
      createServer((_request, response) => response.end('victim')).on('connection', () => this.reached++);
    const places = [
      [good, goodAddress],
      [good, otherAddress],
      [victim, '127.0.0.1'],
      [victim, '::1'],
    ] as const;
    for (const [create, address] of places) {
      const server = create().on('connection', (socket) => this.connections.add(socket));
      if (!(await listening(server, this.port, address))) return false;
      this.servers.push(server);
    }
    return true;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.seen.push({ request, body });
    this.handler(request, response);
  }
}

async function listening(server: Server, port: number, address: string): Promise<boolean> {
  server.listen(port, address);
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, goodAddress);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** How an attempt failed; fails the test when it did not, or with anything but our error. */
export async function failure(attempt: Promise<unknown>): Promise<OutboundError> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof OutboundError) return error;
  throw new Error('the attempt did not fail with an OutboundError', { cause: error });
}

/** A rig for every test of a file: fails the one after which the victim was reached. */
export function useRig(kind: string): () => Rig {
  let rig: Rig | undefined;
  let tests = 0;
  const started = () => {
    if (!rig) throw new Error('the rig has not been started');
    return rig;
  };
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterEach(() => {
    tests++;
    if (started().reached > 0) throw new Error('the victim was reached');
  });
  afterAll(async () => {
    console.log(`${kind}: ${tests} tests, the victim was reached ${started().reached} times`);
    await started().stop();
  });
  return started;
}
