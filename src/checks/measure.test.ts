import { expect, it } from 'vitest';
import { aCheck } from '../../test/support/checks.ts';
import { aRelease } from '../../test/support/cluster-place/builders.ts';
import { useRig } from '../outbound/test-rig.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import type { ReachRelease } from './kinds/path.ts';
import { createMeasure, type RunJob, type Subject, unmeasurable } from './measure.ts';

const rig = useRig('checks');
const subject: Subject = {
  namespace: 'team',
  name: 'web',
  release: { number: 2, name: 'web-two', image: 'a.example.com/web:2' },
  live: undefined,
  step: 1,
  weight: 10,
  stored: aRelease(),
  due: '2026-01-01T00:00:00Z',
};

const token = Buffer.from('abc').toString('base64');
const query = { query: 'up', failWhen: '< 1' };

/** Every server says that the number is 1. */
function measure(kind: Record<string, unknown>, prometheusAddress?: string) {
  rig().seen.length = 0;
  rig().handler = (_request, response) =>
    response.end(JSON.stringify({ data: { resultType: 'scalar', result: [1, '1'] } }));
  const client = {
    get: async (_kind: object, { name }: { name: string }) => (name === 'empty' ? {} : { data: { token } }),
  };
  const runJob: RunJob = async ({ check, job: { command }, seconds }) => {
    return { verdict: 'Passed', message: `${check}: ${command.join(' ')} within ${seconds} s` };
  };
  const reachRelease: ReachRelease = ({ release }) => {
    if (release.number !== 2) return { verdict: 'Failed', message: 'None of its replicas is ready.' };
    return { address: '127.0.0.2', port: rig().port, outbound: rig().client() };
  };
  const ports = { outbound: rig().client(), client: client as never, clock: new ManualClock(), runJob, reachRelease };
  const options = { ...ports, prometheusAddress };
  return createMeasure(options)(aCheck('errors', kind), subject, new AbortController().signal);
}

const url = () => rig().url('good.test');
const logins = () => rig().seen.map(({ request }) => request.headers.authorization);

it('asks what the check is of, with its login', async () => {
  const credentialsRef = { name: 'login' };
  const http = await measure({ http: { url: url() } });
  const prometheus = await measure({ prometheus: { ...query, address: url(), credentialsRef } });
  const promLogins = logins();
  const webhook = await measure({ webhook: { url: url(), credentialsRef } });

  expect([http, prometheus, webhook].map(({ verdict }) => verdict)).toEqual(['Passed', 'Passed', 'Passed']);
  expect([...promLogins, ...logins()]).toEqual(['Bearer abc', 'Bearer abc']);
});

it('has the command of a job run', async () => {
  expect(await measure({ job: { command: ['smoke', '-v'] } })).toEqual({
    verdict: 'Passed',
    message: 'errors: smoke -v within 10 s',
  });
});

it('asks the Prometheus of the settings where the check names none', async () => {
  const asked = await measure({ prometheus: query }, url());
  const unknown = await measure({ prometheus: query });

  expect(asked.verdict).toBe('Passed');
  expect(unknown).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('checks.prometheusAddress') });
});

it.each([
  ['prometheus', { ...query, address: 'http://good.test/' }],
  ['webhook', { url: 'http://good.test/' }],
])('asks no %s without the login that it is to have', async (kind, settings) => {
  const reading = await measure({ [kind]: { ...settings, credentialsRef: { name: 'empty' } } });

  expect(reading).toMatchObject({ verdict: 'NoData', message: expect.stringContaining('"empty"') });
  expect(rig().seen).toEqual([]);
});

it('asks the release itself for a path', async () => {
  expect(await measure({ http: { path: '/health?deep=1' } })).toMatchObject({ verdict: 'Passed', value: '200' });
  expect(rig().seen.map(({ request }) => request.url)).toEqual(['/health?deep=1']);
});

const cluster = { inCluster: true, port: 8080 };

it.each([
  [{ http: { path: '/health' } }, { ...cluster, inCluster: false }, 'use http.url'],
  [{ http: { path: '/health' } }, { ...cluster, port: undefined }, 'workload.port'],
  [{ http: { url: 'https://a.test', expectedStatuses: [200, 302] } }, cluster, 'has 302'],
])('says what cannot be measured: %j at %j', (kind, place, why) => {
  expect(unmeasurable(aCheck('errors', kind), place)).toContain(why);
});

it.each([
  ['what is no redirect', { url: 'https://a.test', expectedStatuses: [304] }],
  ['a redirect of the release itself, which is not followed', { path: '/', expectedStatuses: [302] }],
])('measures %s', (_, http) => {
  expect(unmeasurable(aCheck('errors', { http }), cluster)).toBeUndefined();
});
