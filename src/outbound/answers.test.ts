import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import { collect } from './body.ts';
import { failure, goodAddress, useRig } from './test-rig.ts';

const rig = useRig('hostile answers');
const url = () => rig().url('good.test');
const limits = { maxBytes: 100_000, maxDecodedBytes: 1_000_000 };

async function endless(response: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(16_384);
  while (!response.destroyed) await new Promise((resolve) => response.write(chunk, resolve));
}

const zeros = Buffer.alloc(16 * 1024 * 1024);
const gzipBomb = gzipSync(zeros);
const brotliBomb = brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
const oversized: readonly (readonly [what: string, code: string, send: (response: ServerResponse) => unknown])[] = [
  ['too large a body', 'BodyTooLarge', (response) => response.end(Buffer.alloc(100_001))],
  ['an endless body', 'BodyTooLarge', endless],
  [
    'a length that it does not announce',
    'BodyTooLarge',
    (response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      return response.end(Buffer.alloc(200_000));
    },
  ],
  [
    'a gzip bomb',
    'DecodedBodyTooLarge',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipBomb),
  ],
  [
    'a brotli bomb',
    'DecodedBodyTooLarge',
    (response) => response.writeHead(200, { 'content-encoding': 'br' }).end(brotliBomb),
  ],
  ['endless gzip', 'BodyTooLarge', (response) => endlessGzip(response)],
  [
    'a list of encodings',
    'EncodingRefused',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync('x')),
  ],
  [
    'an unknown encoding',
    'EncodingRefused',
    (response) => response.writeHead(200, { 'content-encoding': '__proto__' }).end('x'),
  ],
  [
    'gzip that is none',
    'ProtocolError',
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
  ],
  ['too large a header', 'HeadersTooLarge', (response) => response.setHeader('x-large', 'a'.repeat(40_000)).end()],
  ['endless headers', 'HeadersTooLarge', endlessHeaders],
  ['no HTTP', 'ProtocolError', (response) => response.socket?.end('220 mail.test ESMTP secret\r\n')],
  [
    'less than it announced',
    'ProtocolError',
    (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('a', () => response.destroy());
    },
  ],
  [
    'a switch of protocols',
    'ProtocolError',
    (response) => response.socket?.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
];

function endlessGzip(response: ServerResponse): void {
  // An uncompressed block over and over: as large as it claims, on both sides.
  const block = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0, 0]), Buffer.alloc(65_535)]);
  response.writeHead(200, { 'content-encoding': 'gzip' });
  response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]));
  for (let count = 0; count < 20; count++) response.write(block);
}

function endlessHeaders({ socket }: ServerResponse): void {
  socket?.write('HTTP/1.1 200 OK\r\n');
  const more = (): void => {
    if (!socket || socket.destroyed) return;
    socket.write('x-more: secret\r\n'.repeat(100), () => setImmediate(more));
  };
  more();
}

it.each(oversized)('gives up on %s (%s)', async (_what, code, send) => {
  rig().handler = (_request, response) => void send(response.on('error', () => undefined));

  const client = rig().client();
  const error = await failure(client.request({ url: url(), limits }));
  await client.close();

  expect(error.code).toBe(code);
  expect(JSON.stringify([error, error.message, error.cause])).not.toContain('secret');
  await until(() => openSockets() === 0);
});

it('gives up on a server that never sends headers', async () => {
  const clock = new ManualClock();
  let asked = false;
  rig().handler = () => (asked = true);
  const failing = failure(rig().client({ clock }).request({ url: url() }));
  await until(() => asked);

  await clock.advance(20_000);

  expect((await failing).code).toBe('HeadersTimeout');
  expect(clock.pending).toBe(0);
});

it.each([
  ['headers that come a line at a time', 'HTTP/1.1 200 OK\r\n', 'x-more: a\r\n'],
  ['one early hint after the other', '', 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'],
])('gives up on %s', async (_what, start, more) => {
  const clock = new ManualClock();
  let socket: ServerResponse['socket'] = null;
  rig().handler = (_request, response) => (socket = response.socket);
  const failing = failure(rig().client({ clock }).request({ url: url() }));
  await until(() => socket !== null);

  const write = (text: string) => socket?.write(text);
  write(start);
  for (let line = 0; line < 20; line++) {
    write(more);
    await clock.advance(1_000);
  }

  expect((await failing).code).toBe('HeadersTimeout');
});

it('gives up on a server that accepts a connection and never shakes hands', async () => {
  const clock = new ManualClock();
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.resume())).listen(0, goodAddress);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = rig().client({ clock, ports: [port] });
  const failing = failure(client.request({ url: `https://good.test:${port}/` }));
  await until(() => sockets.length > 0);

  await clock.advance(10_000);
  const { code } = await failing;
  await until(() => sockets.every((socket) => socket.destroyed));
  server.close();

  expect(code).toBe('ConnectTimeout');
  expect(clock.pending).toBe(0);
});

it('gives up on a body that stops', async () => {
  const clock = new ManualClock();
  rig().handler = (_request, response) => response.write('a');
  const { body } = await rig().client({ clock }).stream({ url: url() });
  const failing = failure(collect(body));

  await clock.advance(15_000);

  expect((await failing).code).toBe('BodyTimeout');
  expect(clock.pending).toBe(0);
});

it('gives up on a body that comes a byte at a time, at the total', async () => {
  const clock = new ManualClock();
  let response: ServerResponse | undefined;
  rig().handler = (_request, given) => (response = given).write('a');
  const { body } = await rig().client({ clock }).stream({ url: url() });
  let received = 0;
  const reading = failure(
    (async () => {
      for await (const chunk of body) received += chunk.length;
    })(),
  );

  for (let second = 0; second < 60; second += 10) {
    const before = received;
    response?.write('b');
    await until(() => received > before);
    await clock.advance(10_000);
  }

  expect((await reading).code).toBe('TotalTimeout');
});

it('gives up when its caller does', async () => {
  const caller = new AbortController();
  rig().handler = () => caller.abort(new Error('secret'));

  const error = await failure(rig().client().request({ url: url(), signal: caller.signal }));

  expect(error.code).toBe('Aborted');
});

it('reports one outcome for a stream that is dropped half-way, and leaves no timer', async () => {
  const clock = new ManualClock();
  rig().handler = (_request, response) => void endless(response);
  rig().outcomes.length = 0;
  const stream = await rig().client({ clock }).stream({ url: url() });

  for await (const _chunk of stream.body) break;

  await until(() => clock.pending === 0);
  expect(rig().outcomes.map(({ host, code }) => [host, code])).toEqual([['good.test', 'Aborted']]);
});

const openSockets = () => [...rig().connections].filter((socket) => !socket.destroyed).length;

it('ends the connection of a stream that is cancelled unread', async () => {
  const clock = new ManualClock();
  rig().handler = (_request, response) => void endless(response);
  const stream = await rig().client({ clock }).stream({ url: url() });

  stream.cancel();
  await until(() => openSockets() === 0);

  expect(clock.pending).toBe(0);
});

it('ends a stream that nobody reads, without an error that nobody catches', async () => {
  const clock = new ManualClock();
  rig().handler = (_request, response) => void endless(response);
  rig().outcomes.length = 0;
  await rig().client({ clock }).stream({ url: url() });

  await clock.advance(60_000);
  await until(() => openSockets() === 0);

  expect(clock.pending).toBe(0);
  expect(rig().outcomes.map(({ code }) => code)).toEqual(['BodyTimeout']);
});
