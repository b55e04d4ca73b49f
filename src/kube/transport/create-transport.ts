import type { Registry } from 'prom-client';
import type { Dispatcher } from 'undici';
import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Connection, Credentials } from '../connection/connection.ts';
import { type Deadline, startDeadline, within } from './deadline.ts';
import { answerHeaders, failure, isUnsent, timedOut } from './failures.ts';
import { type Purpose, type TransportMetrics, transportMetrics } from './metrics.ts';
import { PoolKeeper } from './pool-keeper.ts';
import type { Protocol } from './pools.ts';
import { type Attempts, decideRetry, type Outcome, parseRetryAfter } from './retry.ts';
import type { KubeRequest, KubeResponse, KubeStream, Transport } from './transport.ts';

export interface TransportOptions {
  connection: Connection;
  clock: Clock;
  random: Random;
  /** Where `rest_client_*` metrics go. Default: nowhere. */
  registry?: Registry;
  /** Default `auto`: calls over up to ten HTTP/1.1 connections, streams together over HTTP/2 where the server offers it. */
  protocol?: Protocol;
  /** Shown in the server's audit log. Default `vish`. */
  userAgent?: string;
  /** Larger answers to calls are refused, so that one list cannot end the process. Default 256 MiB. */
  maxBodyBytes?: number;
}

const defaultTimeoutMs = 30_000;
const defaultMaxBodyBytes = 256 * 1024 * 1024;

/** Connections to one API server, kept and shared by everything that talks to it. */
export function createTransport(options: TransportOptions): Transport {
  return new PooledTransport(options);
}

interface Answer {
  response: Dispatcher.ResponseData;
  deadline: Deadline;
}

class PooledTransport implements Transport {
  private readonly connection: Connection;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly metrics: TransportMetrics;
  private readonly base: URL;
  private readonly userAgent: string;
  private readonly pools: PoolKeeper;

  constructor(options: TransportOptions) {
    this.connection = options.connection;
    this.clock = options.clock;
    this.random = options.random;
    this.metrics = transportMetrics(options.registry);
    this.base = new URL(options.connection.server);
    this.userAgent = options.userAgent ?? 'vish';
    this.pools = new PoolKeeper({
      owner: options.connection.origin,
      origin: this.base.origin,
      protocol: this.base.protocol === 'http:' ? 'h1' : (options.protocol ?? 'auto'),
      proxyUrl: options.connection.proxyUrl,
      maxBodyBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
      clock: options.clock,
      metrics: this.metrics,
    });
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.metrics.inFlight('calls', 1);
    const { response, deadline } = await this.exchange(request, 'calls').catch((error: unknown) => {
      this.metrics.inFlight('calls', -1);
      throw error;
    });
    try {
      const bytes = await response.body.bytes();
      const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { status: response.statusCode, headers: answerHeaders(response.headers), body };
    } catch (error) {
      throw failure(request, error, deadline.signal);
    } finally {
      this.metrics.inFlight('calls', -1);
      deadline.release();
    }
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    this.metrics.inFlight('streams', 1);
    const { response, deadline } = await this.exchange(request, 'streams').catch((error: unknown) => {
      this.metrics.inFlight('streams', -1);
      throw error;
    });
    deadline.lift();
    response.body.once('close', () => {
      this.metrics.inFlight('streams', -1);
      deadline.release();
    });
    return {
      status: response.statusCode,
      headers: answerHeaders(response.headers),
      body: readStream(request, response.body, deadline.signal),
    };
  }

  close(): Promise<void> {
    return this.pools.close();
  }

  /** One request with all its retries, up to the answer's headers. */
  private async exchange(request: KubeRequest, purpose: Purpose): Promise<Answer> {
    const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
    const started = this.clock.monotonic();
    const deadline = startDeadline(this.clock, {
      timeoutMs,
      signal: request.signal,
      reason: () => timedOut(request, timeoutMs),
    });
    let code = '<error>';
    try {
      const response = await this.retrying(request, purpose, deadline);
      code = String(response.statusCode);
      return { response, deadline };
    } catch (error) {
      deadline.release();
      throw failure(request, error, deadline.signal);
    } finally {
      this.metrics.requestDone(this.labels(request), code, (this.clock.monotonic() - started) / 1000);
    }
  }

  private async retrying(request: KubeRequest, purpose: Purpose, deadline: Deadline): Promise<Dispatcher.ResponseData> {
    const attempts: Attempts = { throttled: 0, unsent: 0, broken: 0, refused: 0 };
    for (;;) {
      const credentials = await within(deadline.signal, this.connection.credentials());
      const result = await this.attempt(request, { purpose, credentials, signal: deadline.signal });
      const decision = decideRetry({
        outcome: result.outcome,
        method: request.method,
        attempts,
        remainingMs: deadline.remainingMs(),
        chance: this.random.next(),
      });
      if (decision.action === 'finish') return finished(result);
      if (result.outcome.kind === 'unsent') this.connection.invalidate(credentials, 'unreachable');
      if (decision.action === 'refresh') {
        this.connection.invalidate(credentials, 'refused');
        const renewed = await within(deadline.signal, this.connection.credentials()).catch(() => credentials);
        if (renewed === credentials) return finished(result);
      }
      attempts[decision.counts]++;
      this.metrics.retried(this.labels(request), result.response ? String(result.response.statusCode) : '<error>');
      await result.response?.body.dump();
      if (decision.action === 'wait') await sleep(this.clock, decision.ms, deadline.signal);
    }
  }

  private async attempt(
    request: KubeRequest,
    { purpose, credentials, signal }: AttemptOptions,
  ): Promise<AttemptResult> {
    try {
      const response = await this.pools.acquire(credentials)[purpose].request({
        origin: this.base.origin,
        path: this.base.pathname.replace(/\/+$/, '') + request.path,
        method: request.method,
        headers: { 'user-agent': this.userAgent, ...request.headers, ...mutable(credentials.headers) },
        body: request.body ?? null,
        signal,
      });
      const retryAfterMs = parseRetryAfter(answerHeaders(response.headers)['retry-after'], this.clock.now());
      return { outcome: { kind: 'answer', status: response.statusCode, retryAfterMs }, response };
    } catch (error) {
      if (signal.aborted || this.pools.closed) throw error;
      return { outcome: { kind: isUnsent(error) ? 'unsent' : 'broken' }, error };
    }
  }

  private labels({ method }: KubeRequest): { method: string; host: string } {
    return { method, host: this.base.host };
  }
}

/** undici's types want arrays that may be changed. */
function mutable(headers: Credentials['headers']): Record<string, string | string[]> {
  return headers as Record<string, string | string[]>;
}

interface AttemptOptions {
  purpose: Purpose;
  credentials: Credentials;
  signal: AbortSignal;
}

interface AttemptResult {
  outcome: Outcome;
  response?: Dispatcher.ResponseData;
  error?: unknown;
}

function finished({ response, error }: AttemptResult): Dispatcher.ResponseData {
  if (response) return response;
  throw error;
}

async function* readStream(
  request: KubeRequest,
  body: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw failure(request, error, signal);
  }
}
