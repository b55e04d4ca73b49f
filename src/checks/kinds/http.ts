import type { Check } from '../../crds/check/check.ts';
import { type OutboundCode, OutboundError, type OutboundStream } from '../../outbound/outbound.ts';
import { type Call, orNoData, within } from '../call.ts';
import type { Reading } from '../measure.ts';

interface Settings extends Omit<NonNullable<Check['http']>, 'path' | 'url'> {
  readonly url: string;
  /** Default: false, redirects are followed. */
  readonly takesRedirect?: boolean;
}

const bodyBytes = 64 * 1024;
/** No more than `bodyBytes` are read of it; the rest is dropped with the connection. */
const anySize = { maxBytes: Number.MAX_SAFE_INTEGER, maxDecodedBytes: Number.MAX_SAFE_INTEGER };

/** Who asks whether something answers has an answer when nobody is there. A timeout may as well be the network's. */
const refusals: ReadonlySet<OutboundCode> = new Set(['ConnectFailed', 'TlsFailed', 'ProtocolError']);

export function measureHttp(settings: Settings, call: Call): Promise<Reading> {
  return orNoData(ask(settings, call).catch(asRefusal));
}

async function ask(settings: Settings, call: Call): Promise<Reading> {
  const { url, takesRedirect = false, expectedStatuses, bodyContains } = settings;
  const { limits, signal } = within(call);
  const answer = await call.outbound.stream({ url, takesRedirect, limits: { ...limits, ...anySize }, signal });
  try {
    const { status } = answer;
    const value = String(status);
    const expected = expectedStatuses?.includes(status) ?? (status >= 200 && status <= 299);
    const wanted = expectedStatuses?.join(', ') ?? '200 to 299';
    if (!expected) return { verdict: 'Failed', value, message: `It answered ${status}, expected is ${wanted}.` };
    if (bodyContains === undefined) return { verdict: 'Passed', value, message: `It answered ${status}.` };
    return (await beginsWith(answer, bodyContains))
      ? { verdict: 'Passed', value, message: `It answered ${status} with the expected text.` }
      : { verdict: 'Failed', value, message: `It answered ${status} without the text of http.bodyContains.` };
  } finally {
    answer.cancel();
  }
}

async function beginsWith({ body }: OutboundStream, text: string): Promise<boolean> {
  let read = Buffer.alloc(0);
  for await (const chunk of body) {
    read = Buffer.concat([read, chunk]).subarray(0, bodyBytes);
    if (read.includes(text)) return true;
    if (read.length >= bodyBytes) return false;
  }
  return false;
}

function asRefusal(error: unknown): Reading {
  if (error instanceof OutboundError && refusals.has(error.code)) return { verdict: 'Failed', message: error.message };
  throw error;
}
