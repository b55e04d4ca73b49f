import { beforeEach, describe, expect, it } from 'vitest';
import { aCheck } from '../../../test/support/checks.ts';
import { aRelease } from '../../../test/support/cluster-place/builders.ts';
import { fc } from '../../../test/support/properties.ts';
import { useRig } from '../../outbound/test-rig.ts';
import type { Subject } from '../measure.ts';
import { measurePrometheus } from './prometheus.ts';
import { numberIn } from './query-answer.ts';
import { exceeds, holds } from './threshold.ts';

const rig = useRig('prometheus checks');
const subject: Subject = {
  namespace: 'team',
  name: 'web',
  release: { number: 2, name: 'web-two', image: 'a.example.com/web:2' },
  live: { number: 1, name: 'web-one' },
  step: 1,
  weight: 10,
  stored: aRelease(),
  due: '2026-01-01T00:00:00Z',
};

/** What the server gives for each query that it was asked. */
let answers: Record<string, unknown>;
beforeEach(() => {
  answers = {};
  rig().seen.length = 0;
  rig().handler = (_request, response) => {
    const query = new URLSearchParams(rig().seen.at(-1)?.body).get('query') ?? '';
    response.end(JSON.stringify({ status: 'success', data: answers[query] }));
  };
});

const vector = (...values: string[]) => ({
  resultType: 'vector',
  result: values.map((value) => ({ metric: {}, value: [1, value] })),
});

function ask(prometheus: object, { authorization, path = '/' }: { authorization?: string; path?: string } = {}) {
  const settings = aCheck('errors', { prometheus }).prometheus;
  if (settings === undefined) throw new Error('it is no check of prometheus');
  return measurePrometheus(settings, subject, {
    outbound: rig().client(),
    seconds: 5,
    signal: new AbortController().signal,
    address: rig().url('good.test', path),
    authorization,
  });
}

const query = 'sum(errors{pod=~"{{release}}-.*",namespace="{{namespace}}",app="{{name}}"})';
const asked = 'sum(errors{pod=~"web-two-.*",namespace="team",app="web"})';

describe('against a bound', () => {
  it.each([
    ['0.02', 'Failed', '0.02 is > 0.01.'],
    ['0.01', 'Passed', '0.01 is not > 0.01.'],
    ['+Inf', 'Failed', 'Infinity is > 0.01.'],
  ])('takes %s for %s', async (value, verdict, message) => {
    answers[asked] = vector(value);

    expect(await ask({ query, failWhen: '> 0.01' })).toMatchObject({ verdict, message, query: asked });
  });

  it('takes a scalar as well', async () => {
    answers['scalar(x)'] = { resultType: 'scalar', result: [1, '3'] };

    expect(await ask({ query: 'scalar(x)', failWhen: '>= 3' })).toMatchObject({ verdict: 'Failed', value: '3' });
  });
});

describe('against the live release', () => {
  const prometheus = { query: 'a{{release}}', baseline: { query: 'b{{release}}', maxIncreasePercent: 20 } };

  it.each([
    ['1.2', '1', 'Passed'],
    ['1.3', '1', 'Failed'],
    ['0', '0', 'Passed'],
    ['0.1', '0', 'Failed'],
  ])('takes %s where it has %s for %s', async (value, before, verdict) => {
    Object.assign(answers, { 'aweb-two': vector(value), 'bweb-one': vector(before) });

    expect(await ask(prometheus)).toMatchObject({ verdict, value, message: expect.stringContaining('of release 1') });
  });

  it('has no data where the live one has none', async () => {
    Object.assign(answers, { 'aweb-two': vector('1'), 'bweb-one': vector() });

    expect(await ask(prometheus)).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('live') });
  });
});

describe('asking', () => {
  it('sends the login, and keeps path and parameters of the address', async () => {
    answers['up'] = vector('1');
    await ask({ query: 'up', failWhen: '< 1' }, { authorization: 'Bearer secret', path: '/tenant/?org=1' });
    const [{ request, body } = { request: undefined, body: '' }] = rig().seen;

    expect(request?.url).toBe('/tenant/api/v1/query?org=1');
    expect(request?.method).toBe('POST');
    expect(request?.headers.authorization).toBe('Bearer secret');
    expect(body).toBe('query=up&timeout=5s');
  });

  it('does not send the login to where a server sends it', async () => {
    rig().handler = (request, response) => {
      const isFirst = request.headers.host?.startsWith('good') === true;
      if (isFirst) response.writeHead(307, { location: rig().url('other.test', '/') }).end();
      else response.end('{}');
    };
    await ask({ query: 'up', failWhen: '< 1' }, { authorization: 'Bearer secret' });

    expect(rig().seen.map(({ request }) => request.headers.authorization)).toEqual(['Bearer secret', undefined]);
  });

  it('has no data when nobody answers', async () => {
    rig().handler = (request) => request.destroy();

    expect(await ask({ query: 'up', failWhen: '< 1' })).toMatchObject({ verdict: 'NoData' });
  });
});

describe('an answer', () => {
  it.each([
    [200, { data: vector() }, 'gives nothing'],
    [200, { data: vector('1', '2') }, '2 series'],
    [200, { data: vector('NaN') }, 'NaN'],
    [200, { data: vector('eleven') }, 'NaN'],
    [200, { data: { resultType: 'matrix', result: [] } }, 'no number'],
    [200, 'nonsense', 'no number'],
    [400, { errorType: 'bad_data', error: 'secret' }, 'bad_data'],
    [503, { errorType: 'timeout', error: 'secret' }, '503 (timeout)'],
    [401, {}, 'credentialsRef'],
    [500, { errorType: 'secret' }, 'answered 500.'],
  ])('of %s with %j is no data, and says why in words of its own', (status, body, why) => {
    const found = numberIn(status, Buffer.from(JSON.stringify(body)));

    expect(found).toEqual({ problem: expect.stringContaining(why) });
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.uint8Array(), fc.json(), (status, bytes, json) => {
        for (const body of [bytes, Buffer.from(json)]) {
          const found = numberIn(status, body);
          expect('value' in found ? Number.isNaN(found.value) : found.problem === '').toBe(false);
        }
      }),
    );
  });
});

it.each([
  ['> 1', 1, false],
  ['>= 1', 1, true],
  ['<-0.5', -1, true],
  ['<= 0', 0.1, false],
  ['== 2', 2, true],
  ['!= 2', 2, false],
  ['about 2', 2, undefined],
])('%s of %d is %s', (condition, value, is) => {
  expect(holds(condition, value)).toBe(is);
});

it('measures an increase from a negative value too', () => {
  expect([exceeds(-8, -10, 20), exceeds(-7, -10, 20)]).toEqual([false, true]);
});
