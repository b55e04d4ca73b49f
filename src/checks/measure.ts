import type { Check } from '../crds/check/check.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Measurement } from '../rollout/checks/run.ts';
import type { Release } from '../rollout/release.ts';
import type { Call } from './call.ts';
import { measureHttp } from './kinds/http.ts';
import { measurePath, type ReachRelease } from './kinds/path.ts';
import { measurePrometheus } from './kinds/prometheus.ts';
import { measureWebhook } from './kinds/webhook.ts';
import { type LoginOptions, secretLogins } from './login.ts';

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
  /** All of the release, for those who run something of it. Never sent to anybody. */
  readonly stored: Release;
  /** Tells this measurement from all others of the check. */
  readonly due: string;
}

/** A command of a check, to be run once as the release would run it. */
export interface JobRequest {
  readonly check: string;
  readonly job: NonNullable<Check['job']>;
  readonly seconds: number;
  readonly subject: Subject;
  readonly signal: AbortSignal;
}

/** How it ended; without data where it could not be started or did not end in time. */
export type RunJob = (request: JobRequest) => Promise<Reading>;

/** What one measurement found. Fit for a status: no credentials, no text of a server. */
export type Reading = Pick<Measurement, 'verdict' | 'value' | 'query' | 'message'>;

export type Measure = (check: Check, subject: Subject, signal: AbortSignal) => Promise<Reading>;

export interface MeasureOptions extends LoginOptions {
  readonly outbound: Pick<Outbound, 'request' | 'stream'>;
  /** Runs the command of a check at the place of the release. */
  readonly runJob: RunJob;
  /** Leads to the release that is measured, and to nothing else. */
  readonly reachRelease: ReachRelease;
  /** Asked where a check names no address. */
  readonly prometheusAddress?: string | undefined;
}

/** Measures whatever kind the check is of; what could not be asked is a reading without data, never an error. */
export function createMeasure(options: MeasureOptions): Measure {
  const { outbound, prometheusAddress, runJob, reachRelease } = options;
  const loginFor = secretLogins(options);
  return async (check, subject, signal) => {
    const { http, prometheus, webhook, job, timeoutSeconds: seconds } = check;
    const call: Call = { outbound, seconds, signal };
    const { namespace } = subject;
    if (job !== undefined) return runJob({ check: check.name, job, seconds, subject, signal });
    if (http?.path !== undefined) return measurePath({ ...http, path: http.path }, reachRelease(subject), call);
    if (http?.url !== undefined) return measureHttp({ ...http, url: http.url }, call);
    if (prometheus !== undefined) {
      const { address = prometheusAddress, credentialsRef } = prometheus;
      if (address === undefined) return noData(noAddress);
      const login = await loginFor({ namespace, name: credentialsRef?.name, sort: 'TokenOrPassword', signal });
      if ('problem' in login) return noData(login.problem);
      return measurePrometheus(prometheus, subject, { ...call, ...login, address });
    }
    if (webhook === undefined) return noData('It says nothing to ask.');
    return askWebhook({ name: check.name, webhook }, subject, call);
  };

  async function askWebhook({ name, webhook }: Asked, subject: Subject, call: Call): Promise<Reading> {
    const { namespace } = subject;
    const { signal } = call;
    const login = await loginFor({ namespace, name: webhook.credentialsRef?.name, sort: 'Token', signal });
    if ('problem' in login) return noData(login.problem);
    return measureWebhook({ name }, subject, { ...call, ...login, url: webhook.url });
  }
}

interface Asked {
  readonly name: string;
  readonly webhook: NonNullable<Check['webhook']>;
}

const noAddress =
  'No Prometheus is named: set prometheus.address of the check, or checks.prometheusAddress in the settings of the operator.';

/** Where a release is to be measured. */
export interface Place {
  readonly inCluster: boolean;
  readonly port: number | undefined;
}

/** Why a check cannot be measured there, with what can be done instead. */
export function unmeasurable({ http }: Check, { inCluster, port }: Place): string | undefined {
  if (http?.path !== undefined) {
    if (!inCluster) return 'http.path is asked only of what runs in this cluster: use http.url.';
    return port === undefined ? 'http.path is asked at workload.port: set it, or use a job.' : undefined;
  }
  const redirect = http?.expectedStatuses?.find((status) => followed.has(status));
  if (redirect === undefined) return undefined;
  return `http.expectedStatuses has ${redirect}, but redirects are followed: name the status of where it leads.`;
}

const followed: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function noData(message: string): Reading {
  return { verdict: 'NoData', message };
}
