import { expect, it } from 'vitest';
import { failure, useRig } from './test-rig.ts';

const rig = useRig('hostile redirects');

function redirectTo(location: (host: string) => string, status = 302): void {
  rig().handler = (request, response) => {
    if (request.url === '/end') return response.end('end');
    return response.writeHead(status, { location: location(request.headers.host ?? '') }).end('secret text');
  };
}

const places: readonly (readonly [where: string, location: (port: number) => string, code: string])[] = [
  ['loopback', (port) => `http://127.0.0.1:${port}/`, 'AddressRefused'],
  ['loopback without a scheme', (port) => `//127.0.0.1:${port}/`, 'AddressRefused'],
  ['loopback in decimal', (port) => `http://2130706433:${port}/`, 'AddressRefused'],
  ['IPv6 loopback', (port) => `http://[::1]:${port}/`, 'AddressRefused'],
  ['mapped loopback', (port) => `http://[::ffff:127.0.0.1]:${port}/`, 'AddressRefused'],
  ['a name at loopback', (port) => `http://inside.test:${port}/`, 'AddressRefused'],
  ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/', 'AddressRefused'],
  ['the API server', () => 'https://10.96.0.1/api', 'AddressRefused'],
  ['a file', () => 'file:///etc/passwd', 'RedirectRefused'],
  ['gopher', (port) => `gopher://127.0.0.1:${port}/`, 'RedirectRefused'],
  ['a URL with userinfo', (port) => `http://good.test@127.0.0.1:${port}/`, 'RedirectRefused'],
  ['a backslash trick', (port) => `http:\\\\127.0.0.1:${port}/`, 'RedirectRefused'],
  ['another port', () => 'http://good.test:22/', 'PortRefused'],
  ['nowhere', () => '', 'TooManyRedirects'],
];

it.each(places)('does not follow a redirect to %s', async (_where, location, code) => {
  rig().names.set('inside.test', [['127.0.0.1']]);
  redirectTo(() => location(rig().port));

  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url('good.test') }),
  );

  expect(error.code).toBe(code);
  expect(error.message).not.toContain('secret');
});

it('does not follow the second redirect when the first was fine', async () => {
  const { port } = rig();
  redirectTo((host) => (host.startsWith('good') ? `http://other.test:${port}/` : `http://127.0.0.1:${port}/`), 307);

  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url('good.test') }),
  );

  expect(error.code).toBe('AddressRefused');
  expect(error.attempted).toBe(`GET http://good.test:${port}, redirected to http://127.0.0.1:${port}`);
});

it('ends a redirect loop at the cap', async () => {
  redirectTo((host) => `http://${host}/again`);
  const before = rig().seen.length;

  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url('good.test'), limits: { redirects: 3 } }),
  );

  expect(error.code).toBe('TooManyRedirects');
  expect(rig().seen.length - before).toBe(4);
});

it('shows of a location only its origin, because a server could write anything into it', async () => {
  redirectTo(() => `http://127.0.0.1:${rig().port}/your-status-is-mine?token=1`);

  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url('good.test') }),
  );

  expect(error.message).not.toContain('mine');
});

it('refuses a redirect without a location', async () => {
  rig().handler = (_request, response) => response.writeHead(301).end();

  expect(
    (
      await failure(
        rig()
          .client()
          .request({ url: rig().url('good.test') }),
      )
    ).code,
  ).toBe('RedirectRefused');
});

const credentials = {
  Authorization: 'Bearer secret',
  Cookie: 'a=secret',
  'PRIVATE-TOKEN': 'secret',
  'X-Hub-Signature-256': 'secret',
  Accept: 'text/plain',
};

it('sends no credentials to another origin, nor back to the first one afterwards', async () => {
  const { port, seen } = rig();
  redirectTo((host) => (host.startsWith('good') ? `http://other.test:${port}/` : `http://good.test:${port}/end`));
  seen.length = 0;

  await rig()
    .client()
    .request({ url: rig().url('good.test'), headers: credentials });

  const values = seen.map(({ request }) => JSON.stringify(request.headers));
  expect(values).toHaveLength(3);
  expect(values.map((headers) => headers.includes('secret'))).toEqual([true, false, false]);
  expect(values.every((headers) => headers.includes('text/plain'))).toBe(true);
});

it('takes another port for another origin', async () => {
  const { seen } = rig();
  redirectTo(() => `http://good.test:${rig().port}/end`);
  seen.length = 0;
  rig().names.set('alias.test', [['127.0.0.2']]);

  await rig()
    .client()
    .request({ url: rig().url('alias.test'), headers: credentials });

  expect(seen.map(({ request }) => request.headers.authorization)).toEqual(['Bearer secret', undefined]);
});

it('keeps credentials within one origin', async () => {
  const { seen } = rig();
  redirectTo(() => '/end');
  seen.length = 0;

  await rig()
    .client()
    .request({ url: rig().url('good.test'), headers: credentials });

  expect(seen.map(({ request }) => request.headers.authorization)).toEqual(['Bearer secret', 'Bearer secret']);
});

it.each([
  ['POST', 301, 'GET', ''],
  ['POST', 302, 'GET', ''],
  ['PUT', 303, 'GET', ''],
  ['POST', 307, 'POST', 'text'],
  ['POST', 308, 'POST', 'text'],
  ['HEAD', 303, 'HEAD', ''],
])('follows a %s answered with %i as %s', async (method, status, expected, body) => {
  const { seen } = rig();
  redirectTo(() => '/end', status);
  seen.length = 0;

  const sent = method === 'HEAD' ? {} : { body: 'text', headers: { 'content-type': 'text/plain' } };
  const answer = await rig()
    .client()
    .request({ url: rig().url('good.test'), method, ...sent });

  expect(answer.status).toBe(200);
  expect([seen[1]?.request.method, seen[1]?.body]).toEqual([expected, body]);
});

it('tells where an answer came from', async () => {
  redirectTo(() => '/end');

  const { url } = await rig()
    .client()
    .request({ url: rig().url('good.test') });

  expect(url).toBe(rig().url('good.test', '/end'));
});
