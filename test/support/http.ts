import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import { HttpServer, type HttpServerOptions } from '../../src/kube/server/http-server.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { recordingLogger } from './recording-logger.ts';

/** A server on a free port that ends with the test. */
export function aServer(options: Partial<HttpServerOptions> & Pick<HttpServerOptions, 'handler'>) {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const server = new HttpServer({ name: 'test', port: 0, host: '127.0.0.1', clock, logger, ...options });
  const stop = new AbortController();
  const ended = server.start(stop.signal);
  const agent = new Agent({ connect: { rejectUnauthorized: false }, keepAliveTimeout: 100 });
  /** Ends the server while the client keeps its connections. */
  const close = async () => {
    stop.abort();
    await ended;
  };
  onTestFinished(async () => {
    await close();
    await agent.close();
  });
  const get = async (path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) => {
    const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${await server.port}${path}`;
    const { method = 'GET', headers = {}, body = null } = init;
    const response = await request(url, { method, headers, body, dispatcher: agent });
    return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
  };
  return { clock, logger, server, get, close };
}
