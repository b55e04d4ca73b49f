import { type Fact, fact } from '../plan/fact.ts';
import type { Source } from './sources.ts';

const paths = /["'`](\/(?:healthz|livez|readyz|health|healthcheck|api\/health|api\/healthz|up|ping))\/?["'`]/;

/** A path that the code names, and that answers when all is well by its usual meaning. */
export function healthOf(sources: readonly Source[]): Fact | undefined {
  for (const { path, text } of sources) {
    const [quote, found] = paths.exec(text) ?? [];
    if (quote !== undefined && found !== undefined) return fact(found, path, quote);
  }
  return undefined;
}
