import { z } from 'zod';

/** The number that a query gives, or why it gives none: fit for a status. */
export type Found = { readonly value: number } | { readonly problem: string };

const sample = z.tuple([z.number(), z.string().max(64)]);

const answer = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
    z.object({ resultType: z.literal('scalar'), result: sample }),
  ]),
});

/** All that an error may tell: its text is the server's, and a server of a user's choice. */
const failure = z.object({
  errorType: z.enum(['bad_data', 'execution', 'timeout', 'canceled', 'internal', 'unavailable', 'not_found']),
});

export function numberIn(status: number, body: Uint8Array): Found {
  const written = parsed(body);
  if (status !== 200) return { problem: refusal(status, failure.safeParse(written).data?.errorType) };
  const read = answer.safeParse(written);
  if (!read.success) return { problem: 'The answer holds no number: the query must give one, not a range or a text.' };
  const { data } = read.data;
  if (data.resultType === 'scalar') return asNumber(data.result);
  const [first, ...more] = data.result;
  if (first === undefined) return { problem: 'The query gives nothing.' };
  if (more.length > 0) return { problem: `The query gives ${more.length + 1} series: make one of them, with sum().` };
  return asNumber(first.value);
}

function asNumber([, text]: z.output<typeof sample>): Found {
  const value = text === '+Inf' || text === '-Inf' ? Number(text.replace('Inf', 'Infinity')) : Number(text);
  return Number.isNaN(value) ? { problem: 'The query gives NaN: nothing was divided by nothing.' } : { value };
}

function refusal(status: number, errorType: string | undefined): string {
  if (status === 401 || status === 403) return `It answered ${status}: credentialsRef does not let the operator in.`;
  if (errorType === 'bad_data') return 'The query is refused (bad_data): try it in the user interface of Prometheus.';
  return errorType === undefined ? `It answered ${status}.` : `It answered ${status} (${errorType}).`;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
