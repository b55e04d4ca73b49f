import { expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import { failure, goodAddress, useRig } from './test-rig.ts';

const rig = useRig('hostile DNS');

const answers: readonly (readonly [what: string, addresses: readonly string[], code: string])[] = [
  ['loopback', ['127.0.0.1'], 'AddressRefused'],
  ['IPv6 loopback', ['::1'], 'AddressRefused'],
  ['mapped loopback', ['::ffff:127.0.0.1'], 'AddressRefused'],
  ['loopback behind NAT64', ['64:ff9b::7f00:1'], 'AddressRefused'],
  ['the metadata service', ['169.254.169.254'], 'AddressRefused'],
  ['a good address, then a bad one', [goodAddress, '127.0.0.1'], 'AddressRefused'],
  ['a bad address, then a good one', ['127.0.0.1', goodAddress], 'AddressRefused'],
  ['a good IPv4 and a bad IPv6 address', [goodAddress, '::1'], 'AddressRefused'],
  ['a bad address behind many good ones', [...Array.from({ length: 40 }, () => goodAddress), '::1'], 'AddressRefused'],
  ['an address with a zone', ['fe80::1%lo'], 'AddressRefused'],
  ['an address in octal', ['0177.0.0.1'], 'AddressRefused'],
  ['another name', ['localhost'], 'AddressRefused'],
  ['nothing', [], 'DnsFailed'],
];

it.each(answers)('refuses a name that resolves to %s', async (_what, addresses, code) => {
  rig().names.set('name.test', [addresses]);
  const client = rig().client();
  const url = rig().url('name.test');

  const errors = [];
  for (const attempt of [client.request({ url }), client.check(url), client.pinForProgram(url)]) {
    errors.push(await failure(attempt));
  }

  for (const error of errors) {
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/127\.0|169\.254|::1/);
  }
});

it('connects to the address it checked when the name leads elsewhere a moment later', async () => {
  rig().lookups = 0;
  rig().names.set('rebind.test', [[goodAddress], ['127.0.0.1']]);

  const answer = await rig()
    .client()
    .request({ url: rig().url('rebind.test') });

  expect(Buffer.from(answer.body).toString()).toBe('hello');
  expect(rig().lookups).toBe(1);
});

it('checks again at the connection, so that an earlier check cannot be outdated', async () => {
  rig().lookups = 0;
  rig().names.set('rebind.test', [[goodAddress], ['127.0.0.1']]);
  const client = rig().client();

  await client.check(rig().url('rebind.test'));
  const error = await failure(client.request({ url: rig().url('rebind.test') }));

  expect(error.code).toBe('AddressRefused');
});

it('checks a new connection to a name it is already connected to', async () => {
  rig().lookups = 0;
  rig().names.set('rebind.test', [[goodAddress], ['127.0.0.1']]);
  const client = rig().client();
  rig().handler = (_request, response) => response.setHeader('connection', 'close').end();

  await client.request({ url: rig().url('rebind.test') });
  const error = await failure(client.request({ url: rig().url('rebind.test') }));

  expect(error.code).toBe('AddressRefused');
});

it('pins the address for a program although the name leads elsewhere a moment later', async () => {
  rig().lookups = 0;
  rig().names.set('rebind.test', [[goodAddress], ['127.0.0.1']]);

  const pin = await rig().client().pinForProgram(rig().url('rebind.test', '/a.git'));

  expect(pin.addresses).toEqual([goodAddress]);
  expect(pin.git.args).toContain(`http.curloptResolve=rebind.test:${rig().port}:${goodAddress}`);
});

it('gives up on a name server that never answers', async () => {
  const clock = new ManualClock();
  let asked = false;
  const resolver = () => {
    asked = true;
    return new Promise<never>(() => undefined);
  };
  const failing = failure(
    rig()
      .client({ clock, resolver })
      .request({ url: rig().url('good.test') }),
  );
  await until(() => asked);

  await clock.advance(10_000);

  expect((await failing).code).toBe('ConnectTimeout');
  expect(clock.pending).toBe(0);
});

it('says that a name does not exist, and that it may later', async () => {
  const error = await failure(rig().client().request({ url: 'https://missing.test/' }));

  expect([error.code, error.retry]).toEqual(['DnsFailed', true]);
});
