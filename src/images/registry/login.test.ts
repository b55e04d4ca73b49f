import { beforeEach, expect, it } from 'vitest';
import type { Outbound, OutboundRequest } from '../../outbound/outbound.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { parseChallenge } from './challenge.ts';
import type { RegistryCredentials } from './credentials.ts';
import { Login } from './login.ts';

const bearer = parseChallenge('Bearer realm="https://auth.test/token",service="r.test",scope="repository:x:pull"');
const { signal } = new AbortController();

let clock: ManualClock;
let asked: OutboundRequest[];
let answer: { status: number; body: unknown };

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  answer = { status: 200, body: { token: 'abc', expires_in: 300 } };
});

function login(credentials?: RegistryCredentials): Login {
  const request = async (sent: OutboundRequest) => {
    asked.push(sent);
    return { status: answer.status, url: sent.url, headers: new Map(), body: Buffer.from(JSON.stringify(answer.body)) };
  };
  const outbound = { request } as unknown as Outbound;
  return new Login({ outbound, clock, credentials, scopes: ['repository:a:pull,push', 'repository:b:pull'] });
}

it.each([
  ['Bearer realm="https://a.test/t",service="s"', { scheme: 'bearer', realm: 'https://a.test/t', service: 's' }],
  ['bearer realm=https://a.test/t', { scheme: 'bearer', realm: 'https://a.test/t', service: undefined }],
  [
    'Basic realm="x", Bearer realm="https://a.test/t"',
    { scheme: 'bearer', realm: 'https://a.test/t', service: undefined },
  ],
  ['Basic realm="x"', { scheme: 'basic' }],
  ['Bearer service="s"', undefined],
  ['Negotiate', undefined],
  [undefined, undefined],
])('reads the challenge %s', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

it('fetches a token with password and all scopes, and uses it until shortly before its end', async () => {
  const subject = login({ username: 'ann', password: 'pw' });

  expect(await subject.answer(bearer, false, signal)).toBe(true);

  expect(asked[0]?.url).toBe(
    'https://auth.test/token?service=r.test&scope=repository%3Aa%3Apull%2Cpush&scope=repository%3Ab%3Apull',
  );
  expect(asked[0]?.headers).toEqual({ authorization: `Basic ${btoa('ann:pw')}` });
  expect(subject.authorization).toBe('Bearer abc');
  await clock.advance(290_000);
  expect(subject.authorization).toBeUndefined();
});

it('asks for a token without login when it has none', async () => {
  expect(await login().answer(bearer, false, signal)).toBe(true);
  expect(asked[0]?.headers).toEqual({});
});

it('exchanges an identity token', async () => {
  await login({ identityToken: 'id&x' }).answer(bearer, false, signal);

  expect(asked[0]).toMatchObject({ method: 'POST', url: 'https://auth.test/token' });
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body as string))).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'id&x',
    scope: 'repository:a:pull,push repository:b:pull',
  });
});

it('sends no password to a token service without TLS, unless the registry has none either', async () => {
  const plain = parseChallenge('Bearer realm="http://auth.test/token"');
  const subject = login({ username: 'ann', password: 'pw' });

  expect(await subject.answer(plain, false, signal)).toBe(false);
  expect(asked).toEqual([]);
  expect(await subject.answer(plain, true, signal)).toBe(true);
});

it.each([
  ['a refusal', { status: 401, body: {} }],
  ['no token', { status: 200, body: {} }],
  ['a token that ends the header', { status: 200, body: { token: 'a\r\nx: y' } }],
  ['what is no token', { status: 200, body: { token: 5 } }],
])('has no authorization after %s', async (_what, given) => {
  answer = given;
  const subject = login();

  expect(await subject.answer(bearer, false, signal)).toBe(false);
  expect(subject.authorization).toBeUndefined();
});

it('does not answer a question for a password with another sort of login', async () => {
  expect(await login({ identityToken: 'i' }).answer({ scheme: 'basic' }, false, signal)).toBe(false);
  expect(await login().answer({ scheme: 'basic' }, false, signal)).toBe(false);
});
