import { beforeEach, expect, it } from 'vitest';
import { KubeError } from '../kube/index.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import { secretLogins } from './login.ts';

let data: Record<string, string> | undefined;
let reads: number;
let clock: ManualClock;
let loginFor: ReturnType<typeof secretLogins>;
beforeEach(() => {
  [data, reads, clock] = [undefined, 0, new ManualClock()];
  const get = async () => {
    reads += 1;
    if (data === undefined) throw new KubeError({ code: 'NotFound', attempted: 'get', detail: 'gone' });
    return { data };
  };
  loginFor = secretLogins({ client: { get: get as never }, clock });
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ask = (sort: 'Token' | 'TokenOrPassword' = 'TokenOrPassword') =>
  loginFor({ namespace: 'team', name: 'login', sort, signal: new AbortController().signal });

it('asks nobody where no Secret is named', async () => {
  const { signal } = new AbortController();

  expect(await loginFor({ namespace: 'team', name: undefined, sort: 'Token', signal })).toEqual({});
  expect(reads).toBe(0);
});

it('takes a token, or a name with a password', async () => {
  data = { token: base64('abc\n') };
  const token = await ask();
  await clock.advance(60_000);
  data = { username: base64('me'), password: base64('pass') };

  expect(token).toEqual({ authorization: 'Bearer abc' });
  expect(await ask()).toEqual({ authorization: `Basic ${base64('me:pass')}` });
});

it('reads the Secret once a minute', async () => {
  data = { token: base64('abc') };
  await ask();
  await ask();
  await clock.advance(60_000);
  await ask();

  expect(reads).toBe(2);
});

it.each([
  [undefined, 'TokenOrPassword', 'does not exist'],
  [{ username: base64('me') }, 'TokenOrPassword', 'needs the keys token, or username'],
  [{ username: base64('m:e'), password: base64('pass') }, 'TokenOrPassword', "without ':'"],
  [{ username: base64('me'), password: base64('pass') }, 'Token', 'needs the keys token.'],
] as const)('says what is missing in %j', async (held, sort, why) => {
  data = held;
  const login = await ask(sort);

  expect(login).toEqual({ problem: expect.stringContaining(why) });
  expect(JSON.stringify(login)).not.toContain('pass"');
});
