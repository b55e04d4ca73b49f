import type { Clock } from '../../seams/clock.ts';
import { KubeError } from '../errors/errors.ts';
import { errorFromResponse } from '../errors/status.ts';
import type { Logger } from '../log/logger.ts';
import type { KubeObject, ObjectList } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import { parseRetryAfter } from '../transport/retry.ts';
import type { KubeRequest, KubeResponse, Transport } from '../transport/transport.ts';
import { bodyOf } from './body.ts';
import type { CallOptions, Stored } from './client.ts';
import { createWarningLog } from './warnings.ts';

export interface CallerOptions {
  transport: Transport;
  clock: Clock;
  /** Where the server's warnings go. Default: nowhere. */
  logger?: Logger;
}

export interface Call {
  verb: string;
  resource: Resource;
  /** What is named in errors; empty for a whole collection. */
  target: string;
  method: KubeRequest['method'];
  /** Throws for a name that cannot stand in a path. */
  path: () => string;
  body?: object;
  contentType?: string;
  options?: CallOptions | undefined;
}

/** Makes one call and turns every bad end into a KubeError. */
export interface Caller {
  send(call: Call): Promise<KubeResponse>;
  object<T extends KubeObject>(call: Call): Promise<Stored<T>>;
  list<T extends KubeObject>(call: Call): Promise<ObjectList<Stored<T>>>;
}

export function createCaller({ transport, clock, logger }: CallerOptions): Caller {
  const warnings = createWarningLog(logger, clock);

  async function send(call: Call): Promise<KubeResponse> {
    const attempted = attemptedOf(call);
    const response = await transport.request(requestOf(call)).catch((error: unknown) => {
      throw renamed(error, attempted);
    });
    warnings.note(response.headers['warning'], attempted);
    if (response.status >= 200 && response.status < 300) return response;
    const { status, body, headers } = response;
    const retryAfterMs = parseRetryAfter(headers['retry-after'], clock.now());
    throw errorFromResponse({ status, body, retryAfterMs }, { attempted, secret: isSecret(call.resource) });
  }

  return {
    send,
    object: async <T extends KubeObject>(call: Call) => parsed(await send(call), call) as Stored<T>,
    async list<T extends KubeObject>(call: Call) {
      const list = parsed(await send(call), call) as ObjectList<Stored<T>>;
      if (!Array.isArray(list.items)) throw unreadable(call);
      return list;
    },
  };
}

function requestOf({ method, path, body, contentType = 'application/json', options }: Call): KubeRequest {
  return {
    method,
    path: path(),
    headers: { accept: 'application/json', ...(body && { 'content-type': contentType }) },
    ...(body && { body: bodyOf(body) }),
    ...(options?.signal && { signal: options.signal }),
    ...(options?.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  };
}

function attemptedOf({ verb, resource, target }: Call): string {
  return `${verb} ${resourceName(resource)} ${target}`.trimEnd();
}

function isSecret({ group, plural }: Resource): boolean {
  return group === '' && plural === 'secrets';
}

function parsed({ body }: KubeResponse, call: Call): object {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && 'metadata' in value) return value;
  } catch {
    // The text may hold a Secret, so neither it nor the parser's message is passed on.
  }
  throw unreadable(call);
}

function unreadable(call: Call): KubeError {
  const detail = 'the answer is not a Kubernetes object; is there a proxy between, or is the server URL wrong?';
  return new KubeError({ code: 'Unknown', attempted: attemptedOf(call), detail });
}

/** Errors of the transport know only method and path. */
function renamed(error: unknown, attempted: string): unknown {
  if (!(error instanceof KubeError)) return error;
  const { code, message } = error;
  return new KubeError({ code, attempted, detail: message, cause: error });
}
