export interface KubeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, relative to the server's URL: `/api/v1/pods?limit=500`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Aborts the request; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** From sending to the last byte. Default 30 s; a stream has no such limit, only one for its headers. */
  timeoutMs?: number;
}

export interface KubeResponse {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

export interface KubeStream {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  /** Chunks as they arrive. Ending the iteration early closes the stream on the server too. */
  body: AsyncIterable<Buffer>;
}

/**
 * The way to one API server with one credential. It adds authentication, honours Retry-After on 429 and 503, and keeps
 * few connections. Status codes are answers, not errors: it rejects only when there was no answer.
 */
export interface Transport {
  /** A short call: the whole answer is read. */
  request(request: KubeRequest): Promise<KubeResponse>;
  /** A watch or a log: resolves when the headers arrived. Runs on connections of its own. */
  stream(request: KubeRequest): Promise<KubeStream>;
  /** Ends open streams and closes every connection. */
  close(): Promise<void>;
}
