import { buffer } from 'node:stream/consumers';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Exchange } from './exchange.ts';

type Chunks = AsyncIterable<Buffer>;

/** One thing that goes wrong with one request. Made by the functions below, or by a test for itself. */
export interface Action {
  /** Runs before the request goes on; true means that it is dealt with. */
  intercept?(exchange: Exchange): boolean | Promise<boolean>;
  /** Runs when the server has answered and the client knows nothing yet; true means that it never will. */
  answered?(exchange: Exchange, status: number): boolean | Promise<boolean>;
  /** Changes the answer's bytes on their way to the client. */
  body?(source: Chunks, exchange: Exchange): Chunks;
}

export interface StatusAnswer {
  reason?: string;
  message?: string;
  retryAfterSeconds?: number;
  details?: object;
}

/** Answers with a Kubernetes Status object: 401, 409, 410, 429, 5xx. */
export function respond(code: number, answer: StatusAnswer = {}): Action {
  const { reason = `Fault${code}`, message = `fault ${code}`, retryAfterSeconds, details } = answer;
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message, details };
  return {
    async intercept(exchange) {
      exchange.respond(code, {
        'content-type': 'application/json',
        'retry-after': retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds),
      });
      await exchange.write(Buffer.from(JSON.stringify(status)));
      exchange.end();
      return true;
    },
  };
}

/** Dies before the answer: the stream over HTTP/2, the connection over HTTP/1.1. The server never saw the request. */
export function reset(): Action {
  return { intercept: (exchange) => (exchange.reset(), true) };
}

/** Passes `bytes` of the answer's body, then kills it, or ends it as if it were whole. */
export function cutAfter(bytes: number, how: 'reset' | 'connection' | 'end' = 'reset'): Action {
  return {
    async *body(source, exchange) {
      let left = bytes;
      for await (const chunk of source) {
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0) break;
      }
      if (how === 'reset') exchange.reset();
      if (how === 'connection') exchange.resetConnection();
    },
  };
}

/** Delivers the body in pieces of `size` bytes: lines and UTF-8 sequences end up in two pieces. */
export function splitInto(size: number): Action {
  return {
    async *body(source) {
      for await (const chunk of source) {
        for (let at = 0; at < chunk.length; at += size) {
          yield chunk.subarray(at, at + size);
          // Two writes of one turn are sent as one piece.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    },
  };
}

/** Sends the request on only after `ms`. */
export function delay(ms: number, clock: Clock = systemClock): Action {
  return {
    async intercept(exchange) {
      await sleep(clock, ms, exchange.gone).catch(() => undefined);
      return false;
    },
  };
}

/** Holds the request back until `until` resolves, or for ever: a server that took it and says nothing. */
export function hold(until: Promise<unknown> = new Promise(() => undefined)): Action {
  return {
    async intercept(exchange) {
      await Promise.race([until, new Promise((resolve) => exchange.gone.addEventListener('abort', resolve))]);
      return exchange.gone.aborted;
    },
  };
}

/** Rewrites a watch line by line: return several to repeat it, none to drop it. Lines come without their end. */
export function mapLines(map: (line: string) => readonly string[]): Action {
  return {
    async *body(source) {
      for await (const line of linesOf(source)) {
        if (!line.endsWith('\n')) yield Buffer.from(line);
        else for (const out of map(line.slice(0, -1))) yield Buffer.from(`${out}\n`);
      }
    },
  };
}

/** With their ends; the last one may have none, when the answer was cut. */
export async function* linesOf(source: Chunks): AsyncGenerator<string> {
  let tail = Buffer.alloc(0);
  for await (const chunk of source) {
    tail = Buffer.concat([tail, chunk]);
    for (let end = tail.indexOf(10); end >= 0; end = tail.indexOf(10)) {
      yield tail.subarray(0, end + 1).toString();
      tail = tail.subarray(end + 1);
    }
  }
  if (tail.length > 0) yield tail.toString();
}

/** Sends every watch event `times` times. */
export function duplicateLines(times = 2): Action {
  return mapLines((line) => Array.from({ length: times }, () => line));
}

/** Loses the watch events whose line contains `part`. */
export function dropLines(part: string): Action {
  return mapLines((line) => (line.includes(part) ? [] : [line]));
}

/** Rewrites a whole answer as text, for example a list. */
export function rewriteBody(rewrite: (text: string) => string): Action {
  return {
    async *body(source) {
      yield Buffer.from(rewrite((await buffer(source)).toString()));
    },
  };
}

/** A cache that stands still: the first answer to each path is given to all who ask later. */
export function serveStale(): Action {
  const seen = new Map<string, Buffer>();
  return {
    async intercept(exchange) {
      const old = seen.get(exchange.path);
      if (old === undefined) return false;
      exchange.respond(200, { 'content-type': 'application/json' });
      await exchange.write(old);
      exchange.end();
      return true;
    },
    async *body(source, exchange) {
      const whole = await buffer(source);
      seen.set(exchange.path, whole);
      yield whole;
    },
  };
}

/** Serves this request, but asks the client to leave the connection: GOAWAY, or `connection: close`. */
export function goaway(): Action {
  return { intercept: (exchange) => (exchange.goaway(), false) };
}

/** Refuses every bearer token but those that `valid` accepts, as after an expiry. */
export function refuseTokens(valid: (token: string) => boolean): Action {
  const refusal = respond(401, { reason: 'Unauthorized', message: 'Unauthorized' });
  return {
    intercept(exchange) {
      const token = exchange.headers.authorization?.replace(/^Bearer /, '') ?? '';
      return valid(token) ? false : (refusal.intercept?.(exchange) ?? false);
    },
  };
}
