import type { Check } from '../crds/check/check.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Measurement } from '../rollout/checks/run.ts';
import { measureHttp } from './kinds/http.ts';

/** What is measured: a release of a Deployment, at a point of its rollout. */
export interface Subject {
  readonly namespace: string;
  readonly name: string;
  readonly release: {
    readonly number: number;
    readonly name: string;
    readonly image: string;
    readonly commit?: string;
  };
  /** Serves meanwhile. */
  readonly live: { readonly number: number; readonly name: string } | undefined;
  readonly step: number;
  /** Percent of the traffic that the release is to have. */
  readonly weight: number;
}

/** What one measurement found. Fit for a status: no credentials, no text of a server. */
export type Reading = Pick<Measurement, 'verdict' | 'value' | 'query' | 'message'>;

export type Measure = (check: Check, subject: Subject, signal: AbortSignal) => Promise<Reading>;

export interface MeasureOptions {
  readonly outbound: Pick<Outbound, 'request' | 'stream'>;
}

/** Measures whatever kind the check is of; what could not be asked is a reading without data, never an error. */
export function createMeasure({ outbound }: MeasureOptions): Measure {
  return async (check, _subject, signal) => {
    const call = { outbound, seconds: check.timeoutSeconds, signal };
    if (check.http?.url !== undefined) return measureHttp({ ...check.http, url: check.http.url }, call);
    return { verdict: 'NoData', message: unmeasurable(check) ?? 'It says nothing to ask.' };
  };
}

/** Why this version cannot measure a check, with what can be done instead. */
export function unmeasurable({ http, prometheus, job, webhook }: Check): string | undefined {
  if (http?.path !== undefined) return 'http.path is not asked by this version: use http.url.';
  if (job !== undefined) return 'job is not run by this version: use http.url.';
  if (prometheus !== undefined) return 'prometheus is not asked by this version: use http.url.';
  if (webhook !== undefined) return 'webhook is not asked by this version: use http.url.';
  const redirect = http?.expectedStatuses?.find((status) => followed.has(status));
  if (redirect === undefined) return undefined;
  return `http.expectedStatuses has ${redirect}, but redirects are followed: name the status of where it leads.`;
}

const followed: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
