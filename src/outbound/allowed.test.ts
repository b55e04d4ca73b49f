import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManualClock } from '../seams/manual-clock.ts';
import { collect } from './body.ts';
import { failure, goodAddress, useRig } from './test-rig.ts';

const rig = useRig('what is allowed');
const text = (body: Uint8Array) => Buffer.from(body).toString();

it('sends method, headers and body, and gives back status, headers and body', async () => {
  rig().handler = (_request, response) => response.writeHead(201, { 'x-answer': ['1', '2'] }).end('made');
  rig().seen.length = 0;

  const request = { method: 'POST', headers: { 'X-Asked': 'yes' }, body: '{"a":1}' };
  const answer = await rig()
    .client()
    .request({ url: rig().url('good.test', '/a?b=c#d'), ...request });

  expect([answer.status, answer.headers.get('x-answer'), text(answer.body)]).toEqual([201, '1, 2', 'made']);
  const [seen] = rig().seen;
  expect([seen?.request.method, seen?.request.url, seen?.body]).toEqual(['POST', '/a?b=c', '{"a":1}']);
  expect([seen?.request.headers['x-asked'], seen?.request.headers.host]).toEqual(['yes', `good.test:${rig().port}`]);
});

it('gives back an error of the server as an answer', async () => {
  rig().handler = (_request, response) => response.writeHead(503).end('down');

  expect(
    (
      await rig()
        .client()
        .request({ url: rig().url('good.test') })
    ).status,
  ).toBe(503);
});

it.each([goodAddress, '2130706434', '[::ffff:127.0.0.2]', 'good.test', 'GOOD.test.'])(
  'reaches an excepted %s',
  async (host) => {
    rig().handler = (_request, response) => response.end('hello');

    const { body } = await rig()
      .client()
      .request({ url: rig().url(host) });

    expect(text(body)).toBe('hello');
  },
);

it('tries the next address when one does not answer', async () => {
  rig().names.set('two.test', [['127.0.0.4', goodAddress]]);
  const client = rig().client({ exceptions: [{ cidr: '127.0.0.2/31' }, { cidr: '127.0.0.4' }] });

  expect((await client.request({ url: rig().url('two.test') })).status).toBe(200);
});

it('says that a connection was refused', async () => {
  rig().names.set('down.test', [['127.0.0.4']]);
  const client = rig().client({ exceptions: [{ cidr: '127.0.0.4' }] });

  const error = await failure(client.request({ url: rig().url('down.test') }));

  expect([error.code, error.retry]).toEqual(['ConnectFailed', true]);
});

it('keeps connections: 50 requests in turn open at most two', async () => {
  rig().handler = (_request, response) => response.end('hello');
  const client = rig().client();
  const before = rig().connections.size;

  for (let count = 0; count < 50; count++) await client.request({ url: rig().url('good.test') });

  expect(rig().connections.size - before).toBeLessThanOrEqual(2);
});

it.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['identity', (data: string) => Buffer.from(data)],
])('decodes %s and drops the headers that described it', async (encoding, compress) => {
  const data = compress('hello '.repeat(1000));
  const headers = { 'content-encoding': encoding, 'content-length': data.length };
  rig().handler = (_request, response) => response.writeHead(200, headers).end(data);

  const answer = await rig()
    .client()
    .request({ url: rig().url('good.test') });

  expect(text(answer.body)).toBe('hello '.repeat(1000));
  expect([answer.headers.get('content-encoding'), answer.headers.get('content-length')]).toEqual([
    undefined,
    undefined,
  ]);
});

it('accepts an answer of exactly the largest size', async () => {
  rig().handler = (_request, response) => response.end(Buffer.alloc(1000));

  const limits = { maxBytes: 1000 };
  expect(
    (
      await rig()
        .client()
        .request({ url: rig().url('good.test'), limits })
    ).body.length,
  ).toBe(1000);
});

it('answers HEAD without a body though a length and an encoding are announced', async () => {
  const headers = { 'content-length': 500_000_000, 'content-encoding': 'gzip' };
  rig().handler = (_request, response) => response.writeHead(200, headers).end();

  const answer = await rig()
    .client()
    .request({ url: rig().url('good.test'), method: 'HEAD' });

  expect([answer.body.length, answer.headers.get('content-length')]).toEqual([0, '500000000']);
});

it('streams, reports one outcome with its duration and leaves no timer', async () => {
  const clock = new ManualClock();
  rig().handler = (_request, response) => response.end(Buffer.alloc(1_000_000));
  rig().outcomes.length = 0;

  const stream = await rig()
    .client({ clock })
    .stream({ url: rig().url('good.test') });
  await clock.advance(1_000);
  const body = await collect(stream.body);

  expect(body.length).toBe(1_000_000);
  expect(rig().outcomes).toEqual([{ host: 'good.test', code: 'Ok', durationMs: 1_000 }]);
  expect(clock.pending).toBe(0);
});

const folder = mkdtempSync(join(tmpdir(), 'outbound-'));
const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
const tls = { server: createServer(), port: 0 };

beforeAll(async () => {
  const subject = ['-subj', '/CN=good.test', '-addext', 'subjectAltName=DNS:good.test,IP:127.0.0.2', '-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', 'ca.pem', ...subject], { cwd: folder, stdio: 'ignore' });
  tls.server = createServer({ key: pem('key.pem'), cert: pem('ca.pem') }, (request, response) =>
    request.url === '/down'
      ? response.writeHead(302, { location: rig().url('good.test') }).end()
      : response.end('safe'),
  );
  tls.server.listen(0, goodAddress);
  await once(tls.server, 'listening');
  tls.port = (tls.server.address() as AddressInfo).port;
});
afterAll(() => {
  tls.server.closeAllConnections();
  tls.server.close();
  rmSync(folder, { recursive: true });
});

it.each(['good.test', goodAddress])('trusts a private CA for %s', async (host) => {
  const client = rig().client({ ca: [pem('ca.pem')], ports: [tls.port] });

  const { body } = await client.request({ url: `https://${host}:${tls.port}/` });

  expect(text(body)).toBe('safe');
});

it('refuses a certificate of an unknown CA, whatever the environment says', async () => {
  const saved = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';

  const error = await failure(
    rig()
      .client({ ports: [tls.port] })
      .request({ url: `https://good.test:${tls.port}/` }),
  );

  if (saved === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  expect(error.code).toBe('TlsFailed');
});

it('refuses a certificate of another host', async () => {
  const client = rig().client({ ca: [pem('ca.pem')], ports: [tls.port] });

  rig().names.set('wrong.test', [[goodAddress]]);
  expect((await failure(client.request({ url: `https://wrong.test:${tls.port}/` }))).code).toBe('TlsFailed');
});

it('does not follow a redirect from https to http', async () => {
  const client = rig().client({ ca: [pem('ca.pem')], ports: [tls.port, rig().port] });

  const error = await failure(client.request({ url: `https://good.test:${tls.port}/down` }));

  expect([error.code, error.message.includes('https to http')]).toEqual(['RedirectRefused', true]);
});
