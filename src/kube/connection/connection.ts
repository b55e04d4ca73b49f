import { createHash } from 'node:crypto';
import type { HeaderMap } from './impersonation.ts';

/** What a TLS handshake with the API server needs. PEM text; absent means none, and for `ca` the system's roots. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that the server's certificate must carry, when it is not the host of the URL. */
  readonly servername?: string | undefined;
  /** Trust any server. */
  readonly insecure: boolean;
  /** Changes exactly when one of the above does: connections are replaced then, and only then. */
  readonly fingerprint: string;
}

export interface Credentials {
  readonly tls: TlsMaterial;
  /** Authorization and impersonation. Never to be logged. */
  readonly headers: HeaderMap;
}

/** Where an API server is and how to prove who we are, now: files and plugins are read again when they may have changed. */
export interface Connection {
  /** URL of the server without a slash at its end; it may have a path. */
  readonly server: string;
  /** For errors: `context "dev" of ~/.kube/config`. */
  readonly origin: string;
  /** Namespace of the context; `default` when it names none. */
  readonly namespace: string;
  readonly proxyUrl: string | undefined;
  /** Cheap: an answer that is fresh enough is given again, as the same object. */
  credentials(): Promise<Credentials>;
  /**
   * These credentials did not work: the next ones are read anew, unless they were replaced already. A server that is
   * `unreachable` may have changed its certificate authority; only one that `refused` us is a reason to run a plugin.
   */
  invalidate(used: Credentials, why: 'refused' | 'unreachable'): void;
}

export function tlsMaterial(parts: Omit<TlsMaterial, 'fingerprint'>): TlsMaterial {
  const { ca, cert, key, servername, insecure } = parts;
  const text = JSON.stringify([ca, cert, key, servername, insecure]);
  return { ...parts, fingerprint: createHash('sha256').update(text).digest('hex') };
}

/** A connection whose credentials never change, for tests and for callers that bring their own. */
export function fixedConnection(server: string, tls: Partial<TlsMaterial> = {}, headers: HeaderMap = {}): Connection {
  const credentials = { tls: tlsMaterial({ insecure: false, ...tls }), headers };
  return {
    server: server.replace(/\/+$/, ''),
    origin: server,
    namespace: 'default',
    proxyUrl: undefined,
    credentials: () => Promise.resolve(credentials),
    invalidate: () => undefined,
  };
}
