import { z } from 'zod';

/** Every way in which a list or a watch can go wrong, by what has to be done about it. */
export const failureReasons = [
  /** The server no longer knows our version: 410. */
  'Expired',
  /** Our version is newer than what this server knows. */
  'TooLarge',
  /** The server refuses what we asked for: 400 or 422. */
  'Refused',
  /** 429. */
  'Throttled',
  /** 500, as an answer or inside a watch: this very request may never work. */
  'Internal',
  /** 502, 503, 504 and the like. */
  'Unavailable',
  /** 401, 403, 404, 406: permissions or the kind are missing, now. */
  'Denied',
  /** No answer at all: refused, timed out, name not found. */
  'NoAnswer',
  /** A watch that lasted less than a second and brought nothing new. */
  'ShortWatch',
  /** An initial list that ended before the bookmark that completes it. */
  'Incomplete',
  /** Bytes that are no event or no object. */
  'Undecodable',
  /** No byte for so long that the connection must be dead. */
  'Silent',
  /** A list that is older than what we hold. */
  'Stale',
  /** An event that shows that others before it were lost. */
  'Lost',
] as const;

export type FailureReason = (typeof failureReasons)[number];

export interface Failure {
  reason: FailureReason;
  detail: string;
  /** How long the server asked us to wait. */
  retryAfterMs?: number;
}

const status = z.object({
  code: z.number().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  details: z
    .object({
      retryAfterSeconds: z.number().optional().catch(undefined),
      causes: z
        .array(z.object({ reason: z.string().optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** An ERROR event inside a watch. */
export function failureOfStatus(value: unknown): Failure {
  const { data = {} } = status.safeParse(value);
  const seconds = data.details?.retryAfterSeconds;
  return {
    reason: isTooLarge(data) ? 'TooLarge' : reasonOf(data.reason === 'Expired' ? 410 : (data.code ?? 500)),
    detail: (data.message ?? data.reason ?? 'an error without a message').slice(0, 500),
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  };
}

/** An answer other than 200. */
export function failureOfAnswer(code: number, headers: Readonly<Record<string, string | undefined>>, body: Buffer) {
  const said = failureOfStatus({ ...parsedObject(body), code });
  const seconds = Number(headers['retry-after']);
  return {
    ...said,
    detail: `HTTP ${code}: ${said.detail}`,
    ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  } satisfies Failure;
}

function reasonOf(code: number): FailureReason {
  if (code === 410) return 'Expired';
  if (code === 429) return 'Throttled';
  if (code === 400 || code === 422) return 'Refused';
  if (code === 500) return 'Internal';
  return code > 500 ? 'Unavailable' : 'Denied';
}

function isTooLarge({ details, message }: z.infer<typeof status>): boolean {
  if (details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge')) return true;
  return message?.includes('Too large resource version') ?? false;
}

function parsedObject(body: Buffer): object {
  try {
    return Object(JSON.parse(body.toString())) as object;
  } catch {
    return { message: body.toString('utf8', 0, 200) };
  }
}
