import { expect, it } from 'vitest';
import type { OutboundRequest } from './outbound.ts';
import { failure, useRig } from './test-rig.ts';

const rig = useRig('hostile requests');

const requests: readonly (readonly [what: string, request: Partial<OutboundRequest>])[] = [
  ['a header with a line break', { headers: { 'x-a': 'a\r\nHost: 127.0.0.1' } }],
  ['a header with a bare line feed', { headers: { 'x-a': 'a\nb: c' } }],
  ['a header with a null byte', { headers: { 'x-a': 'a\u0000' } }],
  ['a header that would become a line break in latin1', { headers: { 'x-a': 'a\u010d\u010ab' } }],
  ['a header name with a line break', { headers: { 'x-a: b\r\nhost': '127.0.0.1' } }],
  ['an empty header name', { headers: { '': 'a' } }],
  ['a Host of its own', { headers: { Host: '127.0.0.1' } }],
  ['a Host in other letters', { headers: { hOsT: '127.0.0.1' } }],
  ['a length of its own', { headers: { 'Content-Length': '3' } }],
  ['a framing of its own', { headers: { 'transfer-encoding': 'chunked' } }],
  ['an upgrade', { headers: { upgrade: 'h2c' } }],
  ['a header for proxies', { headers: { 'Proxy-Authorization': 'Basic x' } }],
  ['CONNECT', { method: 'CONNECT' }],
  ['TRACE', { method: 'TRACE' }],
  ['a method with a line break', { method: 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET' }],
  ['a method in small letters', { method: 'get' }],
];

it.each(requests)('refuses %s', async (_what, request) => {
  const before = rig().seen.length;

  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url('good.test'), ...request }),
  );

  expect(error.code).toBe('RequestRefused');
  expect(error.message).not.toMatch(/[\r\n]/);
  expect(rig().seen.length).toBe(before);
});

it('sends a path as one line whatever is encoded in it', async () => {
  rig().seen.length = 0;

  await rig()
    .client()
    .request({ url: rig().url('good.test', '/a%0d%0aHost:%20127.0.0.1') });

  expect(rig().seen.map(({ request }) => request.headers.host)).toEqual([`good.test:${rig().port}`]);
});

it('ignores proxies in the environment', async () => {
  const proxy = rig().url('127.0.0.1');
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'];
  const saved = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = proxy;

  try {
    rig().handler = (_request, response) => response.end('hello');
    expect(
      (
        await rig()
          .client()
          .request({ url: rig().url('good.test') })
      ).status,
    ).toBe(200);
  } finally {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

it('gives up what is under way when it is closed', async () => {
  const client = rig().client();
  rig().handler = () => void client.close();

  expect((await failure(client.request({ url: rig().url('good.test') }))).code).toBe('Aborted');
});
