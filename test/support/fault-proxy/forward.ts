import { buffer } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import type { Action } from './actions.ts';
import { type Exchange, hopHeaders } from './exchange.ts';

export interface Upstream {
  /** `https://127.0.0.1:6443`. */
  url: string;
  /** Who signed the server's certificate. */
  ca?: string | undefined;
  /** The client certificate that the proxy shows instead of the caller's. */
  cert?: string | undefined;
  key?: string | undefined;
}

export interface Forwarder {
  forward(exchange: Exchange, actions: readonly Action[]): Promise<void>;
  close(): Promise<void>;
}

export function createForwarder(upstream: Upstream): Forwarder {
  const { ca, cert, key } = upstream;
  const agent = new Agent({
    connect: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  return {
    async forward(exchange, actions) {
      const answer = await request(new URL(exchange.path, upstream.url), {
        dispatcher: agent,
        method: exchange.method as 'GET',
        headers: requestHeaders(exchange, cert !== undefined),
        body: exchange.hasBody ? await buffer(exchange.body) : null,
        signal: exchange.gone,
      });
      for (const action of actions) {
        if (!(await action.answered?.(exchange, answer.statusCode))) continue;
        await answer.body.dump();
        return exchange.reset();
      }
      exchange.respond(answer.statusCode, responseHeaders(answer.headers, actions));
      let source: AsyncIterable<Buffer> = answer.body;
      for (const action of actions) source = action.body?.(source, exchange) ?? source;
      for await (const chunk of source) if (!(await exchange.write(chunk))) return;
      exchange.end();
    },
    close: () => agent.destroy(),
  };
}

function requestHeaders({ headers }: Exchange, ownCertificate: boolean): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name, value]) => {
    if (value === undefined || name.startsWith(':') || hopHeaders.has(name)) return false;
    if (name === 'host' || name === 'content-length') return false;
    // The proxy speaks for the caller with its own certificate: a test's token means nothing to the real server.
    return !(ownCertificate && name === 'authorization');
  });
  return Object.fromEntries(kept) as Record<string, string | string[]>;
}

function responseHeaders(headers: Record<string, string | string[] | undefined>, actions: readonly Action[]) {
  const changed = actions.some((action) => action.body !== undefined);
  return changed ? { ...headers, 'content-length': undefined } : headers;
}
