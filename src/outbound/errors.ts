interface Entry {
  readonly problem: string;
  readonly advice: string;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retry: boolean;
}

const askOperator = "ask the operator of the cluster for an exception in Vish's configuration";

/** Everything that can go wrong on the way out, in one place: the texts end up in conditions and events. */
export const outboundErrors = {
  InvalidUrl: entry('the URL is not valid', 'write it as https://host/path, without spaces or backslashes'),
  SchemeRefused: entry('the scheme is not allowed', `use https, or ${askOperator} for plain http`),
  UserinfoRefused: entry('the URL carries a user name or password', 'take them out and reference a Secret'),
  PortRefused: entry('the port is not allowed', `use the standard port, or ${askOperator}`),
  AddressRefused: entry('the host is at an address that must not be reached', `use a public host, or ${askOperator}`),
  RequestRefused: entry('the request is not allowed', 'correct its method or headers'),
  DnsFailed: entry('the host name could not be resolved', 'check the spelling of the host and the DNS', true),
  ConnectFailed: entry('no connection could be made', 'check that the server is up and reachable', true),
  ConnectTimeout: entry('the connection was not made in time', 'check that the server is up and reachable', true),
  TlsFailed: entry('TLS failed', "check the server's certificate, its name and its issuer"),
  HeadersTimeout: entry('the server did not finish its headers in time', 'check the load of the server', true),
  BodyTimeout: entry('the server stopped sending its answer', 'check the load of the server', true),
  TotalTimeout: entry('the whole exchange took too long', 'check the load of the server or ask for less', true),
  HeadersTooLarge: entry("the server's headers are too large", 'check that the URL is the right one'),
  BodyTooLarge: entry("the server's answer is too large", 'check that the URL is the right one'),
  DecodedBodyTooLarge: entry(
    "the server's answer is too large once decompressed",
    'check that the URL is the right one',
  ),
  EncodingRefused: entry(
    "the server's answer has a content encoding that cannot be read",
    'have it answer with gzip, br or none',
  ),
  TooManyRedirects: entry('the server redirects too often', 'use the final URL'),
  RedirectRefused: entry('the server redirects in a way that is not followed', 'use the final URL'),
  ProtocolError: entry('the server broke off or did not speak HTTP', 'check that the URL is the right one', true),
  Aborted: entry('the request was given up by its caller', 'nothing needs to be done', true),
} as const satisfies Record<string, Entry>;

export type OutboundCode = keyof typeof outboundErrors;

function entry(problem: string, advice: string, retry = false): Entry {
  return { problem, advice, retry };
}

/** What went wrong, before it is known on behalf of which request. `detail` is our own text, never the server's. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: OutboundCode;
  readonly detail: string | undefined;

  constructor(code: OutboundCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/**
 * What callers see. Safe to put into a status: it names what was attempted without user name, password or query, and
 * never holds anything the server sent. It has no `cause` on purpose: parsers attach raw bytes to their errors.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly code: OutboundCode;
  readonly retry: boolean;
  readonly attempted: string;

  constructor(fault: Fault, attempted: string) {
    const { problem, advice, retry } = outboundErrors[fault.code];
    super(`${attempted}: ${problem}${fault.detail === undefined ? '' : ` (${fault.detail})`}; ${advice}.`);
    this.code = fault.code;
    this.retry = retry;
    this.attempted = attempted;
  }
}

const systemCode = /^[A-Z][A-Z0-9_]{2,48}$/;
const byCode: Readonly<Record<string, OutboundCode>> = {
  UND_ERR_HEADERS_OVERFLOW: 'HeadersTooLarge',
  UND_ERR_INVALID_ARG: 'RequestRefused',
  ENOTFOUND: 'DnsFailed',
  ABORT_ERR: 'Aborted',
  UND_ERR_DESTROYED: 'Aborted',
};
const connectCodes = /^(ECONN(REFUSED|ABORTED)|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|EACCES|ETIMEDOUT)$/;
const tlsCodes = /^(ERR_TLS|ERR_SSL|CERT_|EPROTO|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Turns what sockets, TLS and the HTTP parser throw into ours. Only the short code survives, never the message. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  if (code === undefined) return new Fault('ProtocolError');
  const known = byCode[code];
  if (known) return new Fault(known);
  if (connectCodes.test(code)) return new Fault('ConnectFailed', code);
  if (tlsCodes.test(code)) return new Fault('TlsFailed', code);
  return new Fault('ProtocolError', code);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && systemCode.test(error.code) ? error.code : undefined;
}
