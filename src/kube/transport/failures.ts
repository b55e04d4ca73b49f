import type { IncomingHttpHeaders } from 'undici/types/header.js';
import { KubeconfigError } from '../connection/kubeconfig.ts';
import { KubeError } from '../errors/errors.ts';
import { ConnectFailure } from './pools.ts';
import type { KubeRequest } from './transport.ts';

/** What a request that got no answer rejects with: the caller's own reason when it gave up, else a KubeError. */
export function failure(request: KubeRequest, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  const attempted = attemptedOf(request);
  if (error instanceof KubeconfigError) {
    return new KubeError({ code: 'Unauthorized', attempted, detail: `no credentials: ${error.message}`, cause: error });
  }
  if (codeOf(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const detail = 'the answer is larger than maxBodyBytes allows; ask for pages with limit, or raise maxBodyBytes';
    return new KubeError({ code: 'Unsupported', attempted, detail, cause: error });
  }
  const detail = isUnsent(error)
    ? `cannot connect: ${refusedByProxy(error) ?? textOf(error)}`
    : `no complete answer: ${textOf(error)}`;
  return new KubeError({ code: 'Unavailable', attempted, detail, cause: error });
}

export function timedOut(request: KubeRequest, timeoutMs: number): KubeError {
  const detail = `no answer within ${timeoutMs / 1000} s`;
  return new KubeError({ code: 'Timeout', attempted: attemptedOf(request), detail });
}

export function isUnsent(error: unknown): boolean {
  return (
    error instanceof ConnectFailure ||
    unsentCodes.has(codeOf(error) ?? '') ||
    leftByGoaway(error) ||
    refusedByProxy(error) !== undefined
  );
}

/** undici's words when a proxy answers CONNECT with anything but 200: no tunnel, so the server has seen nothing. */
function refusedByProxy(error: unknown): string | undefined {
  const text = codeOf(error) === 'UND_ERR_ABORTED' ? textOf(error) : '';
  const status = /^Proxy response \((\d+)\) !== 200 when HTTP Tunneling$/.exec(text)?.[1];
  if (status === undefined) return undefined;
  if (status === '407') {
    return `the proxy asks for credentials (407); put them into proxy-url of the kubeconfig, as in http://USER:PASSWORD@HOST:PORT`;
  }
  return `the proxy refused a tunnel to the API server (${status}); allow it there, or take proxy-url out of the kubeconfig`;
}

/**
 * A server that says goodbye over HTTP/2 names the last request that it looks at, and what comes later is not even sent.
 * undici tries such requests once more by itself; these are its words when the next connection said goodbye too.
 */
function leftByGoaway(error: unknown): boolean {
  const text = codeOf(error) === 'UND_ERR_INFO' ? textOf(error) : '';
  return (
    text.startsWith('HTTP/2: "frameError" received - type 1,') || text === 'HTTP/2: "GOAWAY" frame received with code 0'
  );
}

/** Through a proxy undici reports these itself; none can come from a connection that was made. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
  'UND_ERR_PRX_CONN',
]);

/** Lower-case names already; a header that came twice is joined as RFC 9110 says. */
export function answerHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** Without the query: it is long, and says little. */
function attemptedOf({ method, path }: KubeRequest): string {
  return `${method} ${path.split('?', 1)[0]}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || (codeOf(error) ?? error.name) : String(error);
}
