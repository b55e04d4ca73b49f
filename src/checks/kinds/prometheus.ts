import type { Check } from '../../crds/check/check.ts';
import { type LoginCall, loginHeader, orNoData, within } from '../call.ts';
import type { Reading, Subject } from '../measure.ts';
import { type Found, numberIn } from './query-answer.ts';
import { exceeds, holds } from './threshold.ts';

type Settings = NonNullable<Check['prometheus']>;

export interface PrometheusCall extends LoginCall {
  readonly address: string;
}

/** One number needs no more; who answers with a thousand series has another query in mind. */
const size = { maxBytes: 256 * 1024, maxDecodedBytes: 1024 * 1024 };

export function measurePrometheus(settings: Settings, subject: Subject, call: PrometheusCall): Promise<Reading> {
  const { baseline } = settings;
  return orNoData(
    baseline === undefined
      ? againstBound(settings, subject, call)
      : againstLive({ ...settings, baseline }, subject, call),
  );
}

async function againstBound({ query: written, failWhen = '' }: Settings, subject: Subject, call: PrometheusCall) {
  const query = filled(written, subject, subject.release.name);
  const found = await ask(query, call);
  if ('problem' in found) return silent(query, found);
  const fails = holds(failWhen, found.value);
  if (fails === undefined) return silent(query, { problem: `failWhen "${failWhen}" is not a comparison.` });
  const message = `${found.value} ${fails ? 'is' : 'is not'} ${failWhen}.`;
  return reading(query, found.value, { fails, message });
}

async function againstLive(
  { query: written, baseline }: Settings & { baseline: NonNullable<Settings['baseline']> },
  subject: Subject,
  call: PrometheusCall,
): Promise<Reading> {
  const { live } = subject;
  const query = filled(written, subject, subject.release.name);
  if (live === undefined) return silent(query, { problem: 'No release serves that it could be compared with.' });
  const [found, before] = await Promise.all([ask(query, call), ask(filled(baseline.query, subject, live.name), call)]);
  if ('problem' in found) return silent(query, found);
  if ('problem' in before) return silent(query, { problem: `Of the live release: ${before.problem}` });
  const { maxIncreasePercent: percent } = baseline;
  const fails = exceeds(found.value, before.value, percent);
  const message = `${found.value} ${fails ? 'is' : 'is not'} more than ${percent} % above ${before.value} of release ${live.number}.`;
  return reading(query, found.value, { fails, message });
}

async function ask(query: string, call: PrometheusCall): Promise<Found> {
  const { limits, signal } = within(call);
  const { status, body } = await call.outbound.request({
    url: queryUrl(call.address),
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...loginHeader(call),
    },
    body: new URLSearchParams({ query, timeout: `${call.seconds}s` }).toString(),
    limits: { ...limits, ...size },
    signal,
  });
  return numberIn(status, body);
}

/** The address may have a path in front, and parameters, as those who keep many tenants want. */
function queryUrl(address: string): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/api/v1/query`;
  return url.href;
}

/** All three are names of objects, so nothing in them has a meaning in a query. */
function filled(query: string, { namespace, name }: Subject, release: string): string {
  return query.replaceAll('{{release}}', release).replaceAll('{{namespace}}', namespace).replaceAll('{{name}}', name);
}

function reading(query: string, value: number, { fails, message }: { fails: boolean; message: string }): Reading {
  return { verdict: fails ? 'Failed' : 'Passed', value: String(value), query, message };
}

function silent(query: string, { problem }: { problem: string }): Reading {
  return { verdict: 'NoData', query, message: problem };
}
