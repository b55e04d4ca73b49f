import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { cutAfter, delay, goaway, hold, reset, respond } from '../../../test/support/fault-proxy/actions.ts';
import { type FaultProxy, startFaultProxy } from '../../../test/support/fault-proxy/fault-proxy.ts';
import { type LeakDetector, watchForLeaks } from '../../../test/support/leaks/open-handles.ts';
import { until } from '../../../test/support/until.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemClock } from '../../seams/system.ts';
import { type Connection, fixedConnection, tlsMaterial } from '../connection/connection.ts';
import { createTransport, type TransportOptions } from './create-transport.ts';
import type { KubeStream, Transport } from './transport.ts';

let upstream: { server: Server; url: string; ca: string };
let proxy: FaultProxy;
let leaks: LeakDetector;
const open: Transport[] = [];

beforeAll(async () => {
  const authority = await createAuthority('upstream-ca');
  const server = createServer(await authority.serving(), (request, response) => {
    if (request.url?.startsWith('/watch')) {
      response.write('first\n');
      return;
    }
    response.end(request.url?.startsWith('/big') ? Buffer.alloc(2000) : '{"ok":true}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream = { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: authority.cert };
});

afterAll(() => {
  upstream.server.closeAllConnections();
  upstream.server.close();
});

beforeEach(async () => {
  leaks = watchForLeaks();
  proxy = await startFaultProxy({ upstream });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
  await proxy.close();
  await leaks.expectNone();
});

function transportTo(options: Partial<TransportOptions> = {}): Transport {
  const connection = fixedConnection(proxy.url, { ca: proxy.ca });
  const transport = createTransport({ connection, clock: systemClock, random: { next: () => 0 }, ...options });
  open.push(transport);
  return transport;
}

function get(transport: Transport, path = '/', timeoutMs?: number) {
  return transport.request({ method: 'GET', path, ...(timeoutMs !== undefined && { timeoutMs }) });
}

async function firstChunk({ body }: KubeStream): Promise<string> {
  for await (const chunk of body) return String(chunk);
  return '';
}

it.each(['h1', 'h2'] as const)('opens no connection per call and keeps its bounds over %s', async (protocol) => {
  const transport = transportTo({ protocol });
  const watches = await Promise.all(
    Array.from({ length: 20 }, (_, i) => transport.stream({ method: 'GET', path: `/watch?${i}` })),
  );

  await Promise.all(Array.from({ length: 2000 }, () => get(transport)));

  const bound = protocol === 'h2' ? 4 : 12 + watches.length;
  expect(proxy.tcp.opened()).toBeLessThanOrEqual(bound);
  expect(new Set(proxy.requests.map(({ protocol }) => protocol))).toEqual(new Set([protocol]));
});

it('makes calls over HTTP/1.1 and keeps watches together over HTTP/2 unless told otherwise', async () => {
  const transport = transportTo();

  await Promise.all(Array.from({ length: 20 }, () => transport.stream({ method: 'GET', path: '/watch' })));
  await Promise.all(Array.from({ length: 2000 }, () => get(transport)));

  const spoken = new Set(proxy.requests.map(({ path, protocol }) => `${path} ${protocol}`));
  expect(spoken).toEqual(new Set(['/watch h2', '/ h1']));
  expect(proxy.tcp.opened()).toBe(11);
});

it('speaks HTTP/1.1 with several connections when the server offers no HTTP/2', async () => {
  const old = await startFaultProxy({ upstream, protocols: 'h1' });
  const transport = transportTo({ connection: fixedConnection(old.url, { ca: old.ca }) });

  await get(transport);
  await Promise.all(Array.from({ length: 50 }, () => get(transport)));

  expect(old.requests.every(({ protocol }) => protocol === 'h1')).toBe(true);
  expect(old.tcp.opened()).toBeGreaterThan(3);
  expect(old.tcp.opened()).toBeLessThanOrEqual(12);
  await transport.close();
  await old.close();
});

it('waits as long as a 429 asks, whatever the method, and then succeeds', async () => {
  const clock = new ManualClock();
  const transport = transportTo({ clock });
  proxy.fault({ action: respond(429, { retryAfterSeconds: 7 }), times: 1 });

  const answer = transport.request({ method: 'POST', path: '/', body: '{}' });
  await until(() => clock.untilNext === 7_000);
  await clock.advance(6_999);
  const before = proxy.requests.length;
  await clock.advance(1);

  expect((await answer).status).toBe(200);
  expect([before, proxy.requests.length]).toEqual([1, 2]);
});

it('gives a 429 back when the wait would pass the deadline', async () => {
  proxy.fault({ action: respond(429, { retryAfterSeconds: 60 }) });

  expect((await get(transportTo())).status).toBe(429);
  expect(proxy.requests.length).toBe(1);
});

it('tries again five times at most', async () => {
  proxy.fault({ action: respond(429, { retryAfterSeconds: 0 }) });

  expect((await get(transportTo())).status).toBe(429);
  expect(proxy.requests.length).toBe(6);
});

it('never sends a write twice when the connection broke before the answer', async () => {
  proxy.fault({ action: reset(), times: 1 });

  const write = transportTo().request({ method: 'POST', path: '/', body: '{}' });

  await expect(write).rejects.toMatchObject({ name: 'KubeError', code: 'Unavailable' });
  expect(proxy.requests.length).toBe(1);
});

it('reads again once when the connection broke before the answer', async () => {
  proxy.fault({ action: reset(), times: 1 });

  expect((await get(transportTo())).status).toBe(200);
});

it('goes on over a new connection after GOAWAY', async () => {
  const transport = transportTo({ protocol: 'h2' });
  proxy.fault({ action: goaway(), times: 1 });

  const statuses = [await get(transport), await get(transport)].map(({ status }) => status);

  expect(statuses).toEqual([200, 200]);
});

it('fails with Timeout at the deadline and says how long it waited', async () => {
  proxy.fault({ action: hold() });

  await expect(get(transportTo(), '/api/v1/pods?x=1', 50)).rejects.toMatchObject({
    code: 'Timeout',
    message: 'GET /api/v1/pods: no answer within 0.05 s',
  });
});

it('rejects with the reason of the caller who gave up', async () => {
  const abort = new AbortController();
  proxy.fault({ action: hold() });
  const reason = new Error('no longer leader');

  const waiting = transportTo().request({ method: 'GET', path: '/', signal: abort.signal });
  abort.abort(reason);

  await expect(waiting).rejects.toBe(reason);
});

it('says that nobody listens', async () => {
  const transport = transportTo();
  proxy.tcp.refuse(true);

  await expect(get(transport)).rejects.toMatchObject({ code: 'Unavailable' });
  proxy.tcp.refuse(false);
});

it.each(['h1', 'h2'] as const)('refuses an answer above the cap and says what to do (%s)', async (protocol) => {
  const transport = transportTo({ protocol, maxBodyBytes: 1000 });

  await expect(get(transport, '/big')).rejects.toMatchObject({ message: expect.stringContaining('maxBodyBytes') });
  expect((await get(transport)).status).toBe(200);
});

it.each(['h1', 'h2'] as const)('ends a stream on the server when the reader stops (%s)', async (protocol) => {
  const registry = new Registry();
  const transport = transportTo({ protocol, registry });
  const stream = await transport.stream({ method: 'GET', path: '/watch' });

  const chunk = await firstChunk(stream);

  expect(chunk).toBe('first\n');
  await until(() => gaugeOf(registry, 'rest_client_in_flight_requests').every(({ value }) => value === 0));
});

it('reports a stream that was cut as a failure, never as an end', async () => {
  proxy.fault({ match: '/watch', action: cutAfter(3, 'connection') });
  const stream = await transportTo().stream({ method: 'GET', path: '/watch' });

  const reading = collect(stream.body);

  await expect(reading).rejects.toMatchObject({ code: 'Unavailable', message: /^GET \/watch: no complete answer/ });
});

it('keeps the deadline of a stream to its headers', async () => {
  const stream = await transportTo().stream({ method: 'GET', path: '/watch', timeoutMs: 200 });
  const chunks = stream.body[Symbol.asyncIterator]();
  await chunks.next();

  const silence = chunks.next().catch((error: Error) => error.message);
  const outcome = await Promise.race([
    silence,
    new Promise((resolve) => systemClock.setTimeout(() => resolve('open'), 400)),
  ]);

  expect(outcome).toBe('open');
});

it('notices within 45 s that an HTTP/2 connection went silent, and works on a new one', async () => {
  const clock = new ManualClock();
  const transport = transportTo({ clock });
  const stream = await transport.stream({ method: 'GET', path: '/watch' });
  const chunks = stream.body[Symbol.asyncIterator]();
  await chunks.next();

  proxy.tcp.freeze();
  const broken = chunks.next().catch((error: Error) => error.message);
  await clock.advance(45_000);

  expect(await broken).toContain('no sign of life');
  proxy.tcp.thaw();
  expect((await get(transport)).status).toBe(200);
});

it('gets a new token once after a 401 and repeats the call', async () => {
  const tokens = ['old', 'new'];
  proxy.fault({ match: ({ headers }) => headers.authorization === 'Bearer old', action: respond(401) });
  const transport = transportTo({
    connection: rotating(
      () => ({ authorization: `Bearer ${tokens[0]}` }),
      () => tokens.shift(),
    ),
  });

  const answer = await get(transport);

  expect(answer.status).toBe(200);
  expect(proxy.requests.length).toBe(2);
});

it('gives a 401 back when the new credentials are refused too', async () => {
  let count = 0;
  proxy.fault({ action: respond(401) });
  const transport = transportTo({
    connection: rotating(
      () => ({ authorization: `Bearer ${count}` }),
      () => count++,
    ),
  });

  expect((await get(transport)).status).toBe(401);
  expect(proxy.requests.length).toBe(2);
});

it('trusts a new authority without restart and lets open watches finish', async () => {
  let ca = proxy.ca;
  const connection = rotating(
    () => ({}),
    () => (ca = proxy.ca),
    () => ca,
  );
  const transport = transportTo({ connection });
  const watch = await transport.stream({ method: 'GET', path: '/watch' });
  await proxy.swapAuthority();
  proxy.fault({ action: goaway(), times: 1 });
  await get(transport);

  const answer = await get(transport);

  expect(answer.status).toBe(200);
  expect(await firstChunk(watch)).toBe('first\n');
});

it('counts requests, connections and time under client-go names', async () => {
  const registry = new Registry();
  const transport = transportTo({ registry });
  proxy.fault({ action: delay(5), times: 1 });

  await get(transport);
  const text = await registry.metrics();

  const host = new URL(proxy.url).host;
  expect(text).toContain(`rest_client_requests_total{code="200",method="GET",host="${host}"} 1`);
  expect(text).toContain(`rest_client_request_duration_seconds_count{verb="GET",host="${host}"} 1`);
  expect(text).toContain('rest_client_connections_opened_total{purpose="calls",protocol="h1"} 1');
});

it('leaves nothing behind when it closes under load', async () => {
  const clock = new ManualClock();
  const transport = transportTo({ clock });
  await transport.stream({ method: 'GET', path: '/watch' });
  proxy.fault({ match: '/held', action: hold() });
  const held = get(transport, '/held').catch((error: Error) => error.name);

  await transport.close();

  expect(await held).toBe('KubeError');
  await expect(get(transport)).rejects.toThrow(/closed/);
  expect(clock.pending).toBe(0);
});

function rotating(headers: () => Record<string, string>, rotate: () => unknown, ca = () => proxy.ca): Connection {
  let current = { tls: tlsMaterial({ ca: ca(), insecure: false }), headers: headers() };
  return {
    ...fixedConnection(proxy.url),
    credentials: () => Promise.resolve(current),
    invalidate() {
      rotate();
      current = { tls: tlsMaterial({ ca: ca(), insecure: false }), headers: headers() };
    },
  };
}

function gaugeOf(registry: Registry, name: string): { value: number }[] {
  return Object.values(
    (registry.getSingleMetric(name) as unknown as { hashMap: Record<string, { value: number }> }).hashMap,
  );
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}
