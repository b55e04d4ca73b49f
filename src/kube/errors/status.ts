import { z } from 'zod';
import { type FieldCause, KubeError, type KubeErrorCode } from './errors.ts';

/** The part of a metav1.Status that we read. Everything may be missing: proxies answer in the server's place. */
const statusSchema = z.object({
  kind: z.literal('Status'),
  code: z.number().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  details: z
    .object({
      name: z.string().optional().catch(undefined),
      retryAfterSeconds: z.number().optional().catch(undefined),
      causes: z
        .array(
          z.object({
            field: z.string().optional().catch(undefined),
            reason: z.string().optional().catch(undefined),
            message: z.string().optional().catch(undefined),
          }),
        )
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

type Status = z.infer<typeof statusSchema>;

export interface RefusalContext {
  /** `create pods shop/web-1`. */
  attempted: string;
  /** The server quotes values when it refuses them: of a Secret only the names of fields are kept. Default false. */
  secret?: boolean;
}

export interface Refusal {
  status: number;
  body: Buffer;
  retryAfterMs?: number | undefined;
}

const codeByReason: Readonly<Record<string, KubeErrorCode>> = {
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Invalid: 'Invalid',
  BadRequest: 'Invalid',
  RequestEntityTooLarge: 'Invalid',
  Forbidden: 'Forbidden',
  Unauthorized: 'Unauthorized',
  Gone: 'Gone',
  Expired: 'Gone',
  TooManyRequests: 'Throttled',
  Timeout: 'Timeout',
  ServerTimeout: 'Timeout',
  ServiceUnavailable: 'Unavailable',
  InternalError: 'Unavailable',
  MethodNotAllowed: 'Unsupported',
  NotAcceptable: 'Unsupported',
  UnsupportedMediaType: 'Unsupported',
};

const codeByStatus: Readonly<Record<number, KubeErrorCode>> = {
  400: 'Invalid',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'Unsupported',
  406: 'Unsupported',
  408: 'Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Invalid',
  415: 'Unsupported',
  422: 'Invalid',
  429: 'Throttled',
  501: 'Unsupported',
  504: 'Timeout',
};

const maxDetail = 1_000;
const maxCauses = 50;

/** Turns an answer that is not a success into the error that says so. */
export function errorFromResponse({ status, body, retryAfterMs }: Refusal, context: RefusalContext): KubeError {
  return errorFromStatus(parseJson(body), context, { httpStatus: status, retryAfterMs, text: body });
}

export interface AnswerFacts {
  httpStatus?: number;
  retryAfterMs?: number | undefined;
  /** The raw answer, quoted when it is no Status. */
  text?: Buffer;
}

/** The same for a Status object inside a watch, where there is no HTTP status. */
export function errorFromStatus(value: unknown, context: RefusalContext, facts: AnswerFacts = {}): KubeError {
  const parsed = statusSchema.safeParse(value);
  const status: Partial<Status> = parsed.success ? parsed.data : {};
  const http = facts.httpStatus ?? status.code;
  const code = classify(status, http);
  const seconds = status.details?.retryAfterSeconds;
  const retryAfterMs = facts.retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1000);
  return new KubeError({
    code,
    attempted: context.attempted,
    detail: detailOf(status, code, { context, facts, http }),
    ...(http !== undefined && { status: http }),
    ...(status.reason !== undefined && { reason: status.reason }),
    causes: causesOf(status, context.secret === true),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function classify({ reason, details }: Partial<Status>, http: number | undefined): KubeErrorCode {
  const byReason = reason === undefined ? undefined : codeByReason[reason];
  const code = byReason ?? (http === undefined ? undefined : codeByStatus[http]);
  // A kind that the server does not know must not pass for an object that was deleted.
  if (code === 'NotFound' && !details?.name) return 'Unsupported';
  if (code !== undefined) return code;
  return http !== undefined && http >= 500 ? 'Unavailable' : 'Unknown';
}

interface DetailInput {
  context: RefusalContext;
  facts: AnswerFacts;
  http: number | undefined;
}

function detailOf(status: Partial<Status>, code: KubeErrorCode, { context, facts, http }: DetailInput): string {
  if (context.secret) return `${status.reason ?? `status ${http}`} (the server's words are withheld: it is a Secret)`;
  const text = status.message ?? facts.text?.toString('utf8', 0, maxDetail).trim();
  const said = text ? text.slice(0, maxDetail) : `status ${http}`;
  if (code !== 'Unsupported' || http !== 404) return said;
  return `${said}; the server does not know this kind: is its CustomResourceDefinition installed and established?`;
}

function causesOf({ details }: Partial<Status>, secret: boolean): FieldCause[] {
  return (details?.causes ?? []).slice(0, maxCauses).map(({ field = '', reason = '', message = '' }) => ({
    field,
    reason,
    message: secret ? '' : message.slice(0, maxDetail),
  }));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
