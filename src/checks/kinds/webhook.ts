import type { Check } from '../../crds/check/check.ts';
import { type LoginCall, loginHeader, orNoData, within } from '../call.ts';
import type { Reading, Subject } from '../measure.ts';

export interface WebhookCall extends LoginCall {
  readonly url: string;
}

/** Nobody reads the answer; it only has to end. Another address would be asked without the login, so none is followed. */
const limits = { maxBytes: 64 * 1024, maxDecodedBytes: 64 * 1024, redirects: 0 };

/** A service that is overloaded or broken says nothing about the release. */
const busy: ReadonlySet<number> = new Set([408, 425, 429]);

/** Asks a service of the user's whether the release may go on. The path of its address may be a secret. */
export function measureWebhook({ name }: Pick<Check, 'name'>, subject: Subject, call: WebhookCall): Promise<Reading> {
  return orNoData(ask(JSON.stringify(questionOf(name, subject)), call));
}

async function ask(body: string, call: WebhookCall): Promise<Reading> {
  const bounds = within(call);
  const { status } = await call.outbound.request({
    url: call.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...loginHeader(call),
    },
    body,
    secretPath: true,
    limits: { ...bounds.limits, ...limits },
    signal: bounds.signal,
  });
  return answerOf(status);
}

function answerOf(status: number): Reading {
  const value = String(status);
  if (status === 202) return { verdict: 'NoData', value, message: 'It answered 202: no decision yet.' };
  if (status >= 200 && status <= 299) return { verdict: 'Passed', value, message: `It answered ${status}.` };
  if (status >= 500 || busy.has(status)) return { verdict: 'NoData', value, message: `It answered ${status}.` };
  return { verdict: 'Failed', value, message: `It answered ${status}; 200 to 299 would let the release go on.` };
}

/** What is sent is part of the documentation: fields are added and never changed. */
function questionOf(check: string, { namespace, name, release, live, step, weight }: Subject) {
  return { check, namespace, name, release, ...(live === undefined ? {} : { live }), step, weight };
}
