/** Every way in which a call to the API server can end badly. Callers branch on the code, never on text. */
export const errorCodes = [
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Invalid',
  'Forbidden',
  'Unauthorized',
  'Gone',
  'Throttled',
  'Timeout',
  'Unavailable',
  'Unsupported',
  'Unknown',
] as const;

export type KubeErrorCode = (typeof errorCodes)[number];

export interface FieldCause {
  field: string;
  reason: string;
  message: string;
}

export interface KubeErrorDetails {
  code: KubeErrorCode;
  /** What was attempted: `create pods shop/web-1`. It opens the message. */
  attempted: string;
  /** The server's own sentence, or the transport's when there was no answer. */
  detail: string;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** The reason of the Status object, when there was one. */
  reason?: string;
  /** The fields that the server refused; for Invalid. */
  causes?: readonly FieldCause[];
  /** How long the server asked us to wait. */
  retryAfterMs?: number;
  cause?: unknown;
}

export class KubeError extends Error {
  readonly code: KubeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly FieldCause[];
  readonly retryAfterMs: number | undefined;

  constructor({ code, attempted, detail, status, reason, causes = [], retryAfterMs, cause }: KubeErrorDetails) {
    super(`${attempted}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'KubeError';
    this.code = code;
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The API server says no and will say so again until somebody changes something: a rule, a right, a quota, the size.
 * etcd's own limit comes as a fault of the server.
 */
export function isRefusal(error: unknown): error is KubeError {
  if (!isKubeError(error)) return false;
  return error.code === 'Forbidden' || error.code === 'Invalid' || /request is too large/iu.test(error.message);
}

export function isKubeError(error: unknown, code?: KubeErrorCode): error is KubeError {
  return error instanceof KubeError && (code === undefined || error.code === code);
}
