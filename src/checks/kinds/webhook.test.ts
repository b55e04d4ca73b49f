import { beforeEach, expect, it } from 'vitest';
import { aRelease } from '../../../test/support/cluster-place/builders.ts';
import { useRig } from '../../outbound/test-rig.ts';
import type { Subject } from '../measure.ts';
import { measureWebhook } from './webhook.ts';

const rig = useRig('webhook checks');
const subject: Subject = {
  namespace: 'team',
  name: 'web',
  release: { number: 2, name: 'web-two', image: 'a.example.com/web@sha256:2', commit: 'abc' },
  live: { number: 1, name: 'web-one' },
  step: 1,
  weight: 10,
  stored: aRelease(),
  due: '2026-01-01T00:00:00Z',
};

beforeEach(() => {
  rig().seen.length = 0;
});

function ask(authorization?: string) {
  const url = rig().url('good.test', '/secret/path');
  const call = { outbound: rig().client(), seconds: 5, signal: new AbortController().signal, url, authorization };
  return measureWebhook({ name: 'gate' }, subject, call);
}

it.each([
  [200, 'Passed'],
  [204, 'Passed'],
  [202, 'NoData'],
  [400, 'Failed'],
  [409, 'Failed'],
  [429, 'NoData'],
  [500, 'NoData'],
  [503, 'NoData'],
])('takes %s for %s', async (status, verdict) => {
  rig().handler = (_request, response) => response.writeHead(status).end();

  expect(await ask()).toMatchObject({ verdict, value: String(status) });
});

it('tells what the release is, with the login', async () => {
  rig().handler = (_request, response) => response.end();
  await ask('Bearer token');
  const [{ request, body } = { request: undefined, body: '' }] = rig().seen;

  expect(request?.method).toBe('POST');
  expect(request?.headers).toMatchObject({ authorization: 'Bearer token', 'content-type': 'application/json' });
  const { stored: _stored, due: _due, ...sent } = subject;
  expect(JSON.parse(body)).toEqual({ check: 'gate', ...sent });
});

it('follows nobody, and keeps the path to itself', async () => {
  rig().handler = (_request, response) => response.writeHead(307, { location: rig().url('other.test') }).end();
  const { verdict, message } = await ask('Bearer token');

  expect(verdict).toBe('NoData');
  expect(message).not.toContain('secret');
  expect(rig().seen).toHaveLength(1);
});
