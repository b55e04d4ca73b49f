import type { Clock } from '../seams/clock.ts';
import type { OutboundCode } from './errors.ts';
import type { Resolver } from './resolver.ts';

/** One hole in the refused ranges, made by whoever runs the operator; never by its users. */
export interface Exception {
  /**
   * Addresses that may be reached, as `10.20.0.0/16` or one address. It opens only refused ranges that are at least
   * as wide as itself: 10.0.0.0/8 does not open a service range inside it, and no range opens a metadata address.
   */
  readonly cidr: string;
  /** The only port this holds for; also allows that port. Default: every allowed port. */
  readonly port?: number;
  /** The only host name this holds for. Default: every name, also one that a user points to the address himself. */
  readonly host?: string;
  /** Allows plain http to these addresses. Default: false, only https. */
  readonly http?: boolean;
}

export interface Limits {
  /**
   * From the start of a hop to the last header, connecting included; of a streamed body, from the last part that the
   * server took. Default: 20,000.
   */
  readonly headersMs: number;
  /** The longest pause between two parts of the answer; a stream must be read at least as often. Default: 15,000. */
  readonly bodyIdleMs: number;
  /** All hops and the whole answer together; the only bound on a server that sends a byte at a time. Default: 60,000. */
  readonly totalMs: number;
  /** The largest answer as sent. Default: 10 MiB. */
  readonly maxBytes: number;
  /** The largest answer after decompression. Default: 32 MiB. */
  readonly maxDecodedBytes: number;
  /** How many redirects are followed; the next one is an error. Default: 5. */
  readonly redirects: number;
}

export const defaultLimits: Limits = {
  headersMs: 20_000,
  bodyIdleMs: 15_000,
  totalMs: 60_000,
  maxBytes: 10 * 1024 * 1024,
  maxDecodedBytes: 32 * 1024 * 1024,
  redirects: 5,
};

/** One request as it ended. `host` is for logs only: users choose it, so as a metric label it would have no bound. */
export interface Outcome {
  readonly host: string | undefined;
  readonly code: OutboundCode | 'Ok';
  readonly durationMs: number;
}

export interface OutboundOptions {
  readonly clock: Clock;
  readonly resolver: Resolver;
  /** Holes in the refused ranges. Default: none, only public addresses are reached. */
  readonly exceptions?: readonly Exception[];
  /** Service, pod and node ranges in CIDR form. Default: none, private ranges are refused all the same. */
  readonly clusterRanges?: readonly string[];
  /**
   * Addresses and host names of the API server. A name is refused as a name only: give the addresses too when they
   * are public. Default: none, an API server at a public address could be reached.
   */
  readonly apiServers?: readonly string[];
  /** Allows plain http everywhere. Default: false, only exceptions with `http` may use it. */
  readonly allowHttp?: boolean;
  /** Ports besides 443 (https), 80 (http) and 22 (ssh). Default: none. */
  readonly ports?: readonly number[];
  /** Certificates in PEM trusted besides the machine's own. Default: none. */
  readonly ca?: readonly string[];
  /** DNS, TCP and TLS of one connection together. Default: 10,000. */
  readonly connectMs?: number;
  /** The most bytes of headers in an answer. Default: 32 KiB. */
  readonly maxHeaderBytes?: number;
  /** Limits of requests that give none of their own. Default: see `Limits`. */
  readonly limits?: Partial<Limits>;
  /** Called once for each request and stream that ended. Default: nobody is told. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** What is sent as it is read. The length must be right: a body that ends before or after it breaks the request. */
export interface StreamBody {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly length: number;
}

export type Body = string | Uint8Array | StreamBody;

export function isStream(body: Body | undefined): body is StreamBody {
  return typeof body === 'object' && 'stream' in body;
}

export interface OutboundRequest {
  readonly url: string;
  /** Default: GET. */
  readonly method?: string;
  /** `host` and headers of the connection are refused. Default: none but accept-encoding and user-agent. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent again when a 307 or 308 says so; a stream cannot be, so that its redirects are refused. Default: none. */
  readonly body?: Body;
  /** Default: the client's. */
  readonly limits?: Partial<Limits>;
  /** Gives up when aborted. Default: only the deadlines end it. */
  readonly signal?: AbortSignal;
  /** Gives a redirect back as the answer that it is. Default: false, redirects are followed as far as the limits say. */
  readonly takesRedirect?: boolean;
  /** Leaves the path out of errors, for webhooks whose path is the secret. Default: false, errors show the path. */
  readonly secretPath?: boolean;
}
