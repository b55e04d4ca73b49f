import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../certificates.ts';
import { type LeakDetector, watchForLeaks } from '../leaks/open-handles.ts';
import {
  cutAfter,
  dropLines,
  duplicateLines,
  goaway,
  hold,
  refuseTokens,
  reset,
  respond,
  serveStale,
  splitInto,
} from './actions.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const lines = '{"type":"ADDED","name":"é1"}\n{"type":"ADDED","name":"é2"}\n{"type":"MODIFIED","name":"é1"}\n';
let upstream: { server: Server; url: string; ca: string };
let proxy: FaultProxy;
let agent: Agent;
let leaks: LeakDetector;
let calls = 0;

beforeAll(async () => {
  const authority = await createAuthority('upstream-ca');
  const server = createServer(await authority.serving(), (request, response) => {
    calls++;
    response.end(request.url === '/watch' ? lines : `call ${calls}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream = { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: authority.cert };
});

afterAll(() => void upstream.server.close());

beforeEach(async () => {
  leaks = watchForLeaks();
  calls = 0;
  proxy = await startFaultProxy({ upstream });
  agent = newAgent();
});

afterEach(async () => {
  await agent.destroy();
  await proxy.close();
  await leaks.expectNone();
});

function newAgent(options: { h2?: boolean } = {}): Agent {
  return new Agent({ connect: { ca: proxy.ca }, allowH2: options.h2 ?? true });
}

async function get(path = '/', dispatcher = agent, headers = {}): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await request(proxy.url + path, { dispatcher, headers });
  return { status: statusCode, text: await body.text() };
}

it('passes calls on over HTTP/2 and HTTP/1.1 and says which', async () => {
  const h1 = newAgent({ h2: false });

  const answers = [await get('/a'), await get('/b', h1)];
  await h1.destroy();

  expect(answers).toEqual([
    { status: 200, text: 'call 1' },
    { status: 200, text: 'call 2' },
  ]);
  expect(proxy.requests.map(({ path, protocol }) => [path, protocol])).toEqual([
    ['/a', 'h2'],
    ['/b', 'h1'],
  ]);
  expect(proxy.tcp.opened()).toBe(2);
});

it('answers a number of requests itself, with a Status object and Retry-After', async () => {
  const fault = proxy.fault({ match: '/pods', action: respond(429, { retryAfterSeconds: 3 }), times: 1 });

  const refused = await request(`${proxy.url}/pods`, { dispatcher: agent });
  const status = (await refused.body.json()) as { code: number };
  const served = await get('/pods');

  expect([refused.statusCode, refused.headers['retry-after'], status.code]).toEqual([429, '3', 429]);
  expect(served).toEqual({ status: 200, text: 'call 1' });
  expect(fault.hits).toBe(1);
});

it.each([true, false])('resets before the answer without the server seeing the request (HTTP/2: %s)', async (h2) => {
  const client = newAgent({ h2 });
  proxy.fault({ action: reset() });

  await expect(get('/', client)).rejects.toThrow(/closed|stream|reset/i);
  await client.destroy();

  expect(calls).toBe(0);
});

it.each([true, false])('cuts a body at a byte and the client sees a broken answer (HTTP/2: %s)', async (h2) => {
  const client = newAgent({ h2 });
  proxy.fault({ match: '/watch', action: cutAfter(10) });

  const { body } = await request(`${proxy.url}/watch`, { dispatcher: client });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of body) seen.push(String(chunk));
  })();

  await expect(reading).rejects.toThrow(/closed|stream|terminated|reset/i);
  await client.destroy();
  expect(seen.join('').length).toBeLessThanOrEqual(10);
});

it('splits, repeats and loses lines', async () => {
  const [first, second, third] = lines.trimEnd().split('\n');
  proxy.fault({ match: '/watch', action: [duplicateLines(), dropLines('MODIFIED'), splitInto(7)], times: 1 });

  const changed = await get('/watch');
  const plain = await get('/watch');

  expect(changed.text.trimEnd().split('\n')).toEqual([first, first, second, second]);
  expect(plain.text.trimEnd().split('\n')).toEqual([first, second, third]);
});

it('serves the first answer again, like a cache that stands still', async () => {
  proxy.fault({ action: serveStale() });

  const texts = [await get('/x'), await get('/x'), await get('/y')].map(({ text }) => text);

  expect(texts).toEqual(['call 1', 'call 1', 'call 2']);
});

it('makes the client open another connection after GOAWAY, and serves what is under way', async () => {
  proxy.fault({ action: goaway(), times: 1 });

  const answers = [await get(), await get()];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(proxy.tcp.opened()).toBe(2);
});

it('lets a connection go silent without closing it, and speak again', async () => {
  await get();
  proxy.tcp.freeze();
  let answered = false;

  const waiting = get().then((answer) => {
    answered = true;
    return answer;
  });
  await new Promise((resolve) => setImmediate(resolve));

  expect([answered, proxy.tcp.open()]).toEqual([false, 1]);
  proxy.tcp.thaw();
  expect((await waiting).status).toBe(200);
});

it('serves a certificate of another authority after a swap', async () => {
  const old = proxy.ca;
  await proxy.swapAuthority();

  const distrusting = new Agent({ connect: { ca: old } });
  await expect(get('/', distrusting)).rejects.toThrow(/certificate/);
  await distrusting.destroy();

  expect((await get('/', (agent = newAgent()))).status).toBe(200);
});

it('reads the name in a client certificate and refuses expired tokens', async () => {
  const pair = await proxy.authority.client('ada', ['admins']);
  const withCertificate = new Agent({ connect: { ca: proxy.ca, ...pair } });
  proxy.fault({ action: refuseTokens((token) => token === 'new') });

  const old = await get('/', withCertificate, { authorization: 'Bearer old' });
  const renewed = await get('/', withCertificate, { authorization: 'Bearer new' });
  await withCertificate.destroy();

  expect([old.status, renewed.status]).toEqual([401, 200]);
  expect(proxy.requests[0]?.clientName).toBe('ada');
});

it('holds a request until the client gives up', async () => {
  proxy.fault({ action: hold() });
  const abort = new AbortController();

  const waiting = request(proxy.url, { dispatcher: agent, signal: abort.signal });
  abort.abort(new Error('enough'));

  await expect(waiting).rejects.toThrow('enough');
  expect(calls).toBe(0);
});
