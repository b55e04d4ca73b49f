import { expect, it } from 'vitest';
import { OutboundError, type OutboundOptions } from '../../outbound/outbound.ts';
import { useRig } from '../../outbound/test-rig.ts';
import { measureHttp } from './http.ts';

const rig = useRig('http checks');

function ask(settings: Partial<Parameters<typeof measureHttp>[0]> = {}, options: Partial<OutboundOptions> = {}) {
  const call = { outbound: rig().client(options), seconds: 5, signal: new AbortController().signal };
  return measureHttp({ url: rig().url('good.test', '/health'), ...settings }, call);
}

function answer(status: number, body = ''): void {
  rig().handler = (_request, response) => response.writeHead(status).end(body);
}

it.each([
  [200, undefined, 'Passed'],
  [299, undefined, 'Passed'],
  [404, undefined, 'Failed'],
  [503, undefined, 'Failed'],
  [404, [404, 410], 'Passed'],
  [200, [404, 410], 'Failed'],
] as const)('takes %s, where %j is expected, for %s', async (status, expected, verdict) => {
  answer(status);
  const expectedStatuses = expected && [...expected];

  expect(await ask(expectedStatuses ? { expectedStatuses } : {})).toMatchObject({ verdict, value: String(status) });
});

it('looks for a text in the first 64 KiB, also where it is cut into parts, and reads no further', async () => {
  rig().handler = (_request, response) => {
    response.write('x'.repeat(64 * 1024 - 4));
    response.write('so');
    response.end(`me${'x'.repeat(10_000_000)}`);
  };

  expect(await ask({ bodyContains: 'some' })).toMatchObject({ verdict: 'Passed' });
  expect(await ask({ bodyContains: 'xsomex' })).toMatchObject({ verdict: 'Failed' });
});

it('says nothing of what the server said', async () => {
  answer(500, 'secret of the server');

  expect((await ask({ bodyContains: 'fine' })).message).not.toContain('secret');
});

it('fails when nobody is there, and has no data when it may be the way there', async () => {
  const refused = await ask({ url: 'http://good.test:1/' }, { ports: [1] });
  const unknown = await ask({ url: 'http://nowhere.test/' });

  expect(refused).toMatchObject({ verdict: 'Failed' });
  expect(unknown).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('could not be resolved') });
});

it('has no data from an address that must not be reached', async () => {
  rig().names.set('inside.test', [['127.0.0.1']]);

  const { verdict, message } = await ask({ url: rig().url('inside.test') });

  expect(verdict).toBe('NoData');
  expect(message).toContain('must not be reached');
});

it('does not take a fault of ours for an answer', async () => {
  const outbound = { request: () => Promise.reject(new Error()), stream: () => Promise.reject(new TypeError('ours')) };
  const call = { outbound, seconds: 1, signal: new AbortController().signal };

  const failed = await measureHttp({ url: 'https://a.test' }, call).catch((error: unknown) => error);

  expect(failed).not.toBeInstanceOf(OutboundError);
  expect(failed).toBeInstanceOf(TypeError);
});
