import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ConnectProxy {
  /** Without credentials. */
  readonly url: string;
  /** `user:password` that the proxy asks for; undefined lets everyone through. */
  credentials: string | undefined;
  /** Answers every CONNECT with this status instead of a tunnel. */
  refuseWith: number | undefined;
  /** `host:port` of every tunnel that was opened. */
  readonly tunnels: readonly string[];
  /** How many asked for a tunnel, with or without success. */
  readonly asked: number;
  close(): Promise<void>;
}

/** An HTTP proxy as companies have it: it opens tunnels, sees only sealed bytes, and may ask for a password. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Duplex>();
  let asked = 0;
  // It must never be asked for anything but a tunnel: a plain request would show it the token.
  const server = createServer((_, response) => void response.writeHead(501).end());
  server.on('connection', (socket) => keep(sockets, socket));
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    asked++;
    const status = refusal(proxy, request);
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const target = request.url ?? '';
    tunnels.push(target);
    return join(client, target, sockets);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ConnectProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: undefined,
    refuseWith: undefined,
    tunnels,
    get asked() {
      return asked;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

function refusal({ refuseWith, credentials }: ConnectProxy, { headers }: IncomingMessage): number | undefined {
  if (refuseWith !== undefined || credentials === undefined) return refuseWith;
  const wanted = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return headers['proxy-authorization'] === wanted ? undefined : 407;
}

function join(client: Duplex, target: string, sockets: Set<Duplex>): void {
  const { hostname, port } = new URL(`tcp://${target}`);
  const upstream = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(upstream).pipe(client);
  });
  keep(sockets, upstream);
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
}

function keep(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.on('error', () => undefined); // the end of a test cuts them
  socket.on('close', () => sockets.delete(socket));
}
