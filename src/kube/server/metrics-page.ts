import type { Registry } from 'prom-client';
import { notFound, type RequestHandler } from './reply.ts';

/** `/metrics` in the text format of Prometheus. */
export function metricsPage(registry: Registry): RequestHandler {
  return async ({ path }) => {
    if (path !== '/metrics') return notFound;
    return { status: 200, body: await registry.metrics(), type: registry.contentType };
  };
}
