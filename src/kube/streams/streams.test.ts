import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { systemClock as clock, systemRandom } from '../../seams/system.ts';
import { type Connection, fixedConnection } from '../connection/connection.ts';
import { createTransport } from '../transport/create-transport.ts';
import type { Transport } from '../transport/transport.ts';
import { createPodStreams, type PodStreams } from './streams.ts';

interface PeerSocket {
  send(data: Buffer): void;
  close(): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
}

interface Peer {
  on(event: 'connection', listener: (socket: PeerSocket, request: { url: string; rawHeaders: string[] }) => void): void;
  close(): void;
}

// `ws` comes with client-node and brings no types.
const { WebSocketServer } = createRequire(import.meta.url)('ws') as {
  WebSocketServer: new (options: object) => Peer;
};

/** The kubelet's side of the protocol; the real one runs in the e2e suite, which has a node. */
let server: Server;
let peer: Peer;
let transport: Transport;
let streams: PodStreams;
let harness: { connection: Connection };
let seen: { url: string; rawHeaders: string[] }[] = [];

beforeAll(async () => {
  const authority = await createAuthority();
  server = createServer(await authority.serving(), (request, response) => {
    if (request.url?.includes('/log')) return void response.end('line 1\nline 2\n');
    response.statusCode = 403;
    return void response.end('{}');
  });
  peer = new WebSocketServer({ server, handleProtocols: () => 'v5.channel.k8s.io', verifyClient: allowed });
  peer.on('connection', (socket, request) => {
    seen.push(request);
    const path = new URL(request.url, 'https://x').pathname;
    if (path.endsWith('/exec')) runCommand(socket, new URL(request.url, 'https://x').searchParams.getAll('command'));
    if (path.endsWith('/portforward')) echoPort(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const headers = { authorization: 'Bearer t', 'impersonate-group': ['a', 'b'] };
  const connection = fixedConnection(url, { ca: authority.cert }, headers);
  transport = createTransport({ connection, clock, random: systemRandom });
  harness = { connection };
  streams = createPodStreams({ connection, transport, clock });
});

afterAll(async () => {
  await transport.close();
  peer.close();
  server.closeAllConnections();
  server.close();
});

function allowed({ req }: { req: { url: string } }): boolean {
  return !req.url.includes('/secret/');
}

/** `exit 3` says hello and fails with 3; `die` drops the connection. */
function runCommand(socket: PeerSocket, [word, code]: string[]): void {
  if (word === 'die') return socket.close();
  socket.send(Buffer.from('\x01hello\n'));
  const causes = [{ reason: 'ExitCode', message: code }];
  const status =
    code === '0' ? { status: 'Success' } : { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } };
  return socket.send(Buffer.from(`\x03${JSON.stringify(status)}`));
}

function echoPort(socket: PeerSocket): void {
  const port = Buffer.from([0x90, 0x1f]);
  socket.send(Buffer.concat([Buffer.from([0]), port]));
  socket.send(Buffer.concat([Buffer.from([1]), port]));
  socket.on('message', (data) => {
    socket.send(data);
    socket.close();
  });
}

const pod = { namespace: 'shop', name: 'web-1', container: 'app' };

it.each([0, 3])('runs a command, passes its output on and tells the exit code %i', async (code) => {
  const stdout = new PassThrough();

  const session = await streams.exec(pod, { command: ['exit', String(code)], stdout });

  expect(await session.exitCode).toBe(code);
  expect(await text(stdout)).toBe('hello\n');
});

it('works as the page shows', async () => {
  const stdout = new PassThrough();
  const { connection } = harness;

  // README
  const streams = createPodStreams({ connection, transport, clock });
  const session = await streams.exec(pod, { command: ['exit', '3'], stdout });

  const code = await session.exitCode;
  // end of README

  const { readme, tested } = await readmeExample(import.meta.url);
  expect([code, tested]).toEqual([3, readme]);
});

it('acts with the credentials of the connection, every impersonated group a header', async () => {
  seen = [];
  const session = await streams.exec(pod, { command: ['exit', '0'], stdout: new PassThrough() });
  await session.exitCode;

  const [request] = seen;
  const groups = request?.rawHeaders.filter((_, i, all) => all[i - 1]?.toLowerCase() === 'impersonate-group');
  expect(groups).toEqual(['a', 'b']);
  expect(request?.url).toContain('/namespaces/shop/pods/web-1/exec?');
});

it('says that the connection broke when no exit code came', async () => {
  const session = await streams.exec(pod, { command: ['die'] });

  await expect(session.exitCode).rejects.toMatchObject({ code: 'Unavailable', message: /^exec in pods shop\/web-1: / });
});

it('ends the session, not the process, when the server sends what nobody asked for', async () => {
  const session = await streams.exec(pod, { command: ['exit', '0'] });

  await expect(session.closed).resolves.toBeUndefined();
});

it('says who refused', async () => {
  const refused = streams.attach({ namespace: 'secret', name: 'x' }, {}).catch((error: Error) => error);

  expect(await refused).toMatchObject({ message: expect.stringMatching(/^attach to pods secret\/x: /) as string });
});

it('refuses names that would change the path', async () => {
  await expect(streams.exec({ namespace: 'shop', name: '../x' }, { command: ['ls'] })).rejects.toMatchObject({
    code: 'Invalid',
  });
});

it('carries bytes to a port and back', async () => {
  const input = new PassThrough();
  const output = new PassThrough();

  await streams.portForward(pod, 8080, { input, output });
  input.write('ping');

  expect(await text(output)).toBe('ping');
});

it('reads logs as a stream', async () => {
  let log = '';
  for await (const chunk of streams.logs(pod, { tailLines: 2 })) log += chunk.toString();

  expect(log).toBe('line 1\nline 2\n');
});
