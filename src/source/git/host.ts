import type { Outbound, OutboundError, OutboundStream } from '../../outbound/outbound.ts';
import type { HttpLogin } from '../credentials.ts';
import { SourceError } from '../errors.ts';

export interface HostRequest {
  readonly url: string;
  readonly body?: string;
  readonly credentials: HttpLogin | undefined;
  readonly signal: AbortSignal;
  /** Media type that the answer must have. */
  readonly type: string;
}

/** Refs are read as they come, so a large list costs time and not memory. */
export const limits = {
  totalMs: 30_000,
  headersMs: 15_000,
  maxBytes: 64 * 1024 * 1024,
  maxDecodedBytes: 128 * 1024 * 1024,
};

/** Some hosts show a web page to whoever does not look like git. */
const headers = { 'user-agent': 'git/2.0 (vish)', 'git-protocol': 'version=2' };

/** One exchange with a git host that must succeed; everything else is a SourceError. `shown` is the repository. */
export async function ask(outbound: Outbound, request: HostRequest, shown: string): Promise<OutboundStream> {
  const { url, body, credentials, signal, type } = request;
  const answer = await outbound.stream({
    url,
    headers: {
      ...headers,
      ...(credentials && { authorization: credentials.authorization }),
      ...(body !== undefined && { 'content-type': 'application/x-git-upload-pack-request', accept: type }),
    },
    // A redirect would turn the command into a plain read; only the first request may be sent elsewhere.
    ...(body === undefined ? { limits } : { method: 'POST', body, limits: { ...limits, redirects: 0 } }),
    signal,
  });
  const problem = problemOf(answer, { shown, type, credentials });
  if (problem === undefined) return answer;
  answer.cancel();
  throw problem;
}

interface Judged extends Pick<HostRequest, 'type' | 'credentials'> {
  readonly shown: string;
}

function problemOf({ status, headers }: OutboundStream, { shown, type, credentials }: Judged): SourceError | undefined {
  if (status === 200) {
    if (headers.get('content-type')?.split(';')[0]?.trim() === type) return undefined;
    return new SourceError('SourceNotFound', `no git repository answers at ${shown}; correct source.git.url`);
  }
  if (status === 401 || status === 403) return new SourceError('SourceForbidden', forbidden(shown, credentials));
  if (status === 404 || status === 410) {
    const hidden = credentials
      ? 'let the Secret of credentialsRef hold a login that may read it'
      : 'set credentialsRef';
    return new SourceError(
      'SourceNotFound',
      `${shown} does not exist, or is hidden; correct source.git.url, or ${hidden}`,
    );
  }
  return new SourceError('SourceUnreachable', `${shown}: the git host answered with status ${status}`, {
    retryAfterMs: retryAfter(headers.get('retry-after')),
  });
}

/** Large hosts answer like this for repositories that do not exist, so as not to tell which ones do. */
function forbidden(shown: string, credentials: HttpLogin | undefined): string {
  return credentials
    ? `${shown}: the git host refused the login; renew the Secret of source.git.credentialsRef`
    : `${shown} asks for a login or does not exist; set source.git.credentialsRef, or correct source.git.url`;
}

function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** What the outbound client refuses by its rules stays so; what did not work may work later. */
export function fromOutbound(error: OutboundError): SourceError {
  const passing = error.retry || error.code === 'TlsFailed';
  return new SourceError(passing ? 'SourceUnreachable' : 'SourceRefused', error.message);
}
