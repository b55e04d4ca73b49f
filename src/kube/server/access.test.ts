import { expect, it } from 'vitest';
import { ManualClock } from '../../seams/manual-clock.ts';
import type { Client, Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { Access, type SubjectAccessReview, type TokenReview } from './access.ts';

/** Knows one token, of one user, who may get one path. */
function aReviewer() {
  const asked: string[] = [];
  const create = async <T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> => {
    asked.push(resource.plural);
    const { spec } = object as unknown as TokenReview | SubjectAccessReview;
    const status =
      'token' in spec
        ? { authenticated: spec.token !== 'wrong', user: { username: spec.token, groups: ['readers'] } }
        : { allowed: spec.user === 'prometheus' && spec.nonResourceAttributes.path === '/metrics' };
    return { ...object, status } as unknown as Stored<T>;
  };
  const clock = new ManualClock();
  const access = new Access({ client: { create } satisfies Pick<Client, 'create'>, clock });
  const page = access.protect(async () => ({ status: 200, body: 'figures' }));
  const get = async (authorization?: string, path = '/metrics') =>
    (await page({ path, query: new URLSearchParams(), headers: { authorization } })).status;
  return { asked, clock, get };
}

it.each([
  ['no header', undefined, 401],
  ['another scheme', 'Basic abc', 401],
  ['two tokens', 'Bearer a b', 401],
  ['an endless token', `Bearer ${'x'.repeat(20_000)}`, 401],
  ['a token that the API server does not know', 'Bearer wrong', 401],
  ['a user who may not', 'Bearer somebody', 403],
  ['a user who may', 'Bearer prometheus', 200],
])('with %s', async (_, authorization, status) => {
  expect(await aReviewer().get(authorization)).toBe(status);
});

it('asks the API server nothing for a request that has no token of possible form', async () => {
  const { asked, get } = aReviewer();

  await get('Bearer a b');

  expect(asked).toEqual([]);
});

it('remembers an answer for one minute, for that path only', async () => {
  const { asked, clock, get } = aReviewer();
  await get('Bearer prometheus');
  await get('Bearer prometheus');
  const first = asked.length;

  await clock.advance(60_000);
  await get('Bearer prometheus');

  expect(first).toBe(2);
  expect(asked).toHaveLength(4);
  expect(await get('Bearer prometheus', '/debug')).toBe(403);
});

it('asks about eight tokens at once and no more', async () => {
  const { asked, get } = aReviewer();

  const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => get(`Bearer token-${n}`)));

  expect(statuses.filter((status) => status === 429)).toHaveLength(12);
  expect(asked.filter((plural) => plural === 'tokenreviews')).toHaveLength(8);
});

it('keeps knowing who may while somebody tries more tokens than are remembered', async () => {
  const { asked, get } = aReviewer();
  await get('Bearer prometheus');
  for (let n = 0; n < 300; n += 1) await get(`Bearer token-${n}`);
  const before = asked.length;

  expect(await get('Bearer prometheus')).toBe(200);
  expect(asked).toHaveLength(before);
});
